import type { NodeDefinition } from './define-node.js'

/** The interface between Graft and plugins. It rises when a plugin written for the one before would no longer work. */
export const pluginApiVersion = 1

/** What the main module of a plugin exports as its default (or as `plugin`). */
export interface Plugin {
  /**
   * Node types without the plugin's name in front; Graft adds it: `csv-list` of the plugin `tables` becomes
   * `tables/csv-list`.
   */
  readonly nodes: readonly NodeDefinition[]
}

/** Identity, for type inference and completion in editors. */
export function definePlugin(plugin: Plugin): Plugin {
  return plugin
}
