import { didYouMean } from '../did-you-mean.js'
import type { Problem } from '../problem.js'
import type { CheckContext, Rule } from './context.js'

/** Node types that aren't installed, and nodes written for another version of their type. */
export const nodeTypes: Rule = (context) =>
  Object.keys(context.effective.document.nodes).flatMap(
    (id) => unknownType(context, id) ?? otherVersion(context, id) ?? [],
  )

function unknownType(context: CheckContext, id: string): Problem | null {
  if (context.manifestOf(id) !== undefined) return null
  const type = context.document.nodes[id]?.type ?? ''
  const plugins = Object.entries(context.document.requires ?? {}).map(([plugin, range]) => `${plugin} ${range}`)
  const install =
    plugins.length === 0
      ? 'install the plugin that provides it'
      : `install what the graph asks for (${plugins.join(', ')})`
  return {
    code: 'node-type-unknown',
    severity: 'error',
    node: id,
    field: 'type',
    message: `There is no node type "${type}" here (node ${id}). The node is kept as it is, but can't be run.`,
    fix: `${didYouMean(
      type,
      context.manifests.map((manifest) => manifest.type),
    )}Otherwise ${install}, or remove the node; \`graft nodes\` lists the types.`,
  }
}

function otherVersion(context: CheckContext, id: string): Problem | null {
  const manifest = context.manifestOf(id)
  const version = context.document.nodes[id]?.version ?? 1
  if (manifest === undefined || version === manifest.version) return null
  const at = { node: id, field: 'version' }
  if (version > manifest.version) {
    return {
      code: 'node-version-newer',
      severity: 'error',
      ...at,
      message: `${context.nameOf(id)} was made with version ${version} of node type "${manifest.type}", and this Graft knows it up to version ${manifest.version}. It is kept as it is.`,
      fix: 'Update Graft or the plugin that provides it, or replace the node by a new one.',
    }
  }
  const steps = manifest.migrations.slice(version - 1)
  return {
    code: 'node-version-older',
    severity: 'info',
    ...at,
    message: `${context.nameOf(id)} was made with version ${version} of node type "${manifest.type}" and is brought to version ${manifest.version} when it runs${steps.length === 0 ? '' : `: ${steps.join('; ')}`}.`,
    fix: 'Nothing to do; saving the graph from the editor keeps the new version.',
  }
}
