import { manifestOf } from '@graft/nodes/sdk'
import type { Plugin, PluginNode } from '@graft/nodes/sdk'
import type { DescribedNode } from '../manifest/described-node.js'

/** The plugin that a module exports, as its default or as `plugin`. Throws an Error that says what is missing. */
export function pluginOfModule(module: Readonly<Record<string, unknown>>): Plugin {
  const exported = module['default'] ?? module['plugin']
  const nodes: unknown =
    typeof exported === 'object' && exported !== null && 'nodes' in exported ? exported.nodes : undefined
  if (!Array.isArray(nodes))
    throw new Error('the main module exports no plugin; expected `export default definePlugin({ nodes: [...] })`')
  return exported as Plugin
}

/** What the host needs to know of every node type. */
export function describePlugin(plugin: Plugin): { readonly nodes: readonly DescribedNode[] } {
  return { nodes: plugin.nodes.map(describe) }
}

function describe(definition: PluginNode): DescribedNode {
  if (definition.usesEngine)
    throw new Error(`node "${definition.type}" has usesEngine, but plugins get no engine: leave it out`)
  const steps = (definition.migrations ?? []).map((migration) => migration.to)
  const expected = Array.from({ length: definition.version - 1 }, (_, index) => index + 2)
  if (steps.join() !== expected.join())
    throw new Error(
      `node "${definition.type}" has version ${definition.version} and migrations to versions ${steps.join(', ') || 'none'}; expected ${expected.join(', ') || 'none'}`,
    )
  return {
    manifest: manifestOf(definition),
    hasFingerprint: definition.fingerprint !== undefined,
    hasValidate: definition.validate !== undefined,
    readsDocument: definition.readsDocument ?? false,
  }
}
