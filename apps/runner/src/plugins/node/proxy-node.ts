import { isGraftError } from '@graft/errors'
import type { Problem } from '@graft/graph-schema'
import { pathsBelow } from '@graft/nodes'
import type { NodeCall, NodeDefinition } from '@graft/nodes'
import { z } from 'zod'
import { canonicalJson } from '../../cache/canonical-json.js'
import { callOnce } from '../host/call-once.js'
import { hasEnded } from '../host/failures.js'
import type { PluginFiles } from '../host/launch.js'
import type { PluginLimits } from '../host/limits.js'
import { PluginProcess } from '../host/plugin-process.js'
import type { DescribedNode } from '../manifest/described-node.js'
import { literalPaths, pathsOf, withRealPaths } from './grants.js'
import type { PluginNodeDefinition } from '../../executor/plan/plugin-node.js'
import { runInPlugin } from './run-in-plugin.js'

/** A plugin that was approved, as it lies on disk. */
export interface InstalledPlugin extends PluginFiles {
  readonly contentHash: string
}

type Params = Readonly<Record<string, unknown>>

/** A node type whose work is done in the plugin's process. Throws Error when its params' JSON Schema can't be used. */
export function proxyNode(
  plugin: InstalledPlugin,
  described: DescribedNode,
  limits: Partial<PluginLimits> = {},
): PluginNodeDefinition {
  const { manifest } = described
  const local = manifest.type
  const once = onceFor(plugin, limits)
  return {
    plugin: { name: plugin.name, version: plugin.version },
    type: `${plugin.name}/${local}`,
    version: manifest.version,
    title: manifest.title,
    category: manifest.category as NodeDefinition['category'],
    doc: manifest.doc,
    inputs: manifest.inputs,
    outputs: manifest.outputs,
    params: paramsOf(described),
    isOutput: manifest.isOutput,
    readsDocument: described.readsDocument,
    sameClasses: manifest.sameClasses,
    migrations: manifest.migrations.map((name, index) => ({
      to: index + 2,
      name,
      up: (params) => asRecord(once({ method: 'migrate', node: local, to: index + 2, params })),
    })),
    ...(described.hasValidate
      ? { validate: (params) => validate(() => once({ method: 'validate', node: local, params })) }
      : {}),
    reads: async (params, context) => {
      const paths = Object.values(pathsOf(params, manifest, plugin.permissions, context))
      const rules = { followLinks: true, resolvePath: (path: string) => context.resolvePath(path) }
      return (await Promise.all(paths.map((path) => pathsBelow(path, rules)))).flat()
    },
    fingerprint: async (params, context) => {
      // The plugin's own content counts: a changed plugin may give other results.
      if (!described.hasFingerprint) return plugin.contentHash
      return `${plugin.contentHash} ${await fingerprintIn(plugin, described, params, pathsOf(params, manifest, plugin.permissions, context), limits)}`
    },
    run: (call: NodeCall<Params>) => runInPlugin(plugin, described, call, limits),
  }
}

function paramsOf({ manifest }: DescribedNode): z.ZodObject {
  const schema = z.fromJSONSchema(manifest.params as Parameters<typeof z.fromJSONSchema>[0])
  if (schema instanceof z.ZodObject) return schema
  throw new Error(`the params of node "${manifest.type}" are not a z.strictObject`)
}

/**
 * Blocking calls, each made once per question; after a failure that took the process down no more are made, so that a
 * hanging plugin costs its time once.
 */
function onceFor(
  plugin: PluginFiles,
  limits: Partial<PluginLimits>,
): (call: Parameters<typeof callOnce>[1]) => unknown {
  const answers = new Map<string, unknown>()
  let broken: unknown = null
  return (call) => {
    const question = canonicalJson(call)
    if (answers.has(question)) return answers.get(question)
    if (broken !== null) throw broken
    try {
      const answer = callOnce(plugin, call, limits)
      if (answers.size > 200) answers.clear()
      answers.set(question, answer)
      return answer
    } catch (error) {
      if (hasEnded(error)) broken = error
      throw error
    }
  }
}

const problems = z
  .array(
    z.object({
      code: z.string(),
      severity: z.enum(['error', 'warning', 'info']),
      field: z.string().exactOptional(),
      message: z.string(),
      fix: z.string(),
    }),
  )
  .max(100)

/** A plugin that can't answer is a problem of the document, not of the caller. */
function validate(ask: () => unknown): readonly Omit<Problem, 'node'>[] {
  try {
    return problems.parse(ask())
  } catch (error) {
    const { message, fix } = isGraftError(error)
      ? error
      : { message: 'A plugin reported problems in the wrong form.', fix: 'Report it to its author.' }
    return [{ code: 'plugin-failed', severity: 'error', message, fix }]
  }
}

async function fingerprintIn(
  plugin: PluginFiles,
  { manifest }: DescribedNode,
  params: Params,
  paths: Record<string, string>,
  limits: Partial<PluginLimits>,
): Promise<string> {
  const running = await PluginProcess.start(
    plugin,
    withRealPaths([...literalPaths(plugin.permissions), ...Object.values(paths)]),
    limits,
  )
  try {
    const answer = await running.call({ method: 'fingerprint', node: manifest.type, params, paths })
    return z.string().max(100_000).parse(answer)
  } finally {
    await running.stop()
  }
}

function asRecord(value: unknown): Record<string, unknown> {
  return z.record(z.string(), z.unknown()).parse(value)
}
