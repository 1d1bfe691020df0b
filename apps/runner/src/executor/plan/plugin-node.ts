import type { NodeDefinition } from '@graft/nodes'

/** How messages and documents name a plugin. */
export interface PluginName {
  readonly name: string
  readonly version: string
}

/** A node type that comes from a plugin; to everything else it is a node type like any other. */
export interface PluginNodeDefinition extends NodeDefinition {
  readonly plugin: PluginName
}

export function isPluginNode(definition: NodeDefinition): definition is PluginNodeDefinition {
  return 'plugin' in definition
}
