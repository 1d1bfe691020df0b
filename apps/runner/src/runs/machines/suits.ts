import type { Worker } from '@graft/graph-schema'
import type { NodeDefinition } from '@graft/nodes'
import { databaseTrouble } from '../../database/database-trouble.js'
import { isPluginNode } from '../../executor/plan/plugin-node.js'
import type { RunStore } from '../run-store.js'
import type { StoredRequest } from '../stored-run.js'

/** The node types that there are. */
interface Known {
  readonly library: readonly NodeDefinition[]
}

type Wanted = Pick<StoredRequest, 'document' | 'together'> & { readonly engine: string; readonly device?: string }

/**
 * Why a worker can't do a run: it lacks the engine, the device or a plugin in the version that is here, or the run trains
 * in several processes of this machine. Null when it can.
 */
export function unsuited(
  { document, engine, device = 'auto', together }: Wanted,
  worker: Worker,
  { library }: Known,
): string | null {
  if (together !== undefined)
    return 'it was begun with --processes, --nodes or --precision on the machine of the server, and goes on there: `graft resume` without --queue'
  const computes = worker.engines.some(
    (one) => (engine === 'auto' || one.id === engine) && (device === 'auto' || one.device === device),
  )
  if (!computes) {
    const wish = [engine, device].filter((word) => word !== 'auto').join(' on ')
    return `it has no engine ${wish === '' ? 'that works' : `"${wish}"`}. \`graft doctor\` there says why; or leave the run to another machine`
  }
  const used = new Set(Object.values(document.nodes).map(({ type }) => type))
  for (const definition of library) {
    if (!used.has(definition.type) || !isPluginNode(definition)) continue
    const { name, version } = definition.plugin
    const there = worker.plugins.find((plugin) => plugin.name === name)
    if (there?.version !== version)
      return `it has ${there === undefined ? 'no' : `version ${there.version} of`} plugin "${name}"${there === undefined ? ` ${version}` : `, and ${version} is here`}. Add it there with \`graft plugin add\`, or leave the run to another machine`
  }
  return null
}

/** Like `unsuited`, of a run in the database. One whose request is damaged is nobody's. */
export function whyNot(runs: Pick<RunStore, 'requestOf'>, run: string, worker: Worker, known: Known): string | null {
  try {
    return unsuited(runs.requestOf(run), worker, known)
  } catch (error) {
    if (databaseTrouble(error) !== null) throw error
    return 'what the database holds of it is damaged. Delete the run'
  }
}
