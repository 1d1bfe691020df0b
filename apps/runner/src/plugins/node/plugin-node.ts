import type { NodeDefinition } from '@graft/nodes'
import type { Named } from '../host/failures.js'

/** A node type that comes from a plugin; to everything else it is a node type like any other. */
export interface PluginNodeDefinition extends NodeDefinition {
  readonly plugin: Named
}

export function isPluginNode(definition: NodeDefinition): definition is PluginNodeDefinition {
  return 'plugin' in definition
}
