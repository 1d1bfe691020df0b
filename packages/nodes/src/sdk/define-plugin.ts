import type { z } from 'zod'
import type { NodeDefinition } from './define-node.js'
import type { PluginContext } from './node-context.js'
import type { Ports } from './port-values.js'

/** The interface between Graft and plugins. It rises when a plugin written for the one before would no longer work. */
export const pluginApiVersion = 1

/** A node type of a plugin: like a built-in one, but it gets no engine and writes nothing to disk. */
export type PluginNode<
  Params extends z.ZodObject = z.ZodObject,
  Inputs extends Ports = Ports,
  Outputs extends Ports = Ports,
> = NodeDefinition<Params, Inputs, Outputs, PluginContext>

/**
 * A node type; gives the definition back with its types worked out: `params` from the schema, `inputs` and what `run`
 * must give from the ports.
 *
 * @example
 *   const margin = defineNode({
 *     type: 'margin',
 *     version: 1,
 *     title: 'Margin',
 *     category: 'Evaluation',
 *     doc: 'Says how far a number lies above what you need.',
 *     inputs: { measured: numberPort('What was measured.') },
 *     outputs: { margin: numberPort('Measured minus needed.') },
 *     params: z.strictObject({
 *       needed: z.number().default(0.9).meta({ title: 'Needed', description: 'What you need.' }),
 *     }),
 *     run: async ({ params, inputs }) => ({ margin: inputs.measured - params.needed }),
 *   })
 */
export function definePluginNode<Params extends z.ZodObject, Inputs extends Ports, Outputs extends Ports>(
  definition: PluginNode<Params, Inputs, Outputs>,
): PluginNode<Params, Inputs, Outputs> {
  return definition
}

/** What the main module of a plugin exports as its default (or as `plugin`). */
export interface Plugin {
  /**
   * Node types without the plugin's name in front; Graft adds it: `csv-list` of the plugin `tables` becomes
   * `tables/csv-list`.
   */
  readonly nodes: readonly PluginNode[]
}

/** Identity, for type inference and completion in editors. */
export function definePlugin(plugin: Plugin): Plugin {
  return plugin
}
