import type { z } from 'zod'
import type { FactSource, Problem } from '@graft/graph-schema'
import type { Workload } from '@graft/engines'
import type { FetchingContext, FingerprintContext, NodeContext, PluginContext } from './node-context.js'
import type { InputValues, OutputValues, Ports } from './port-values.js'

/** A step from one version of a node type's params to the next; `to` rises by one from 2. */
export interface ParamsMigration {
  readonly to: number
  /** What the step does, beginning with a plain verb: "rename freezeBn to batchNorm". */
  readonly name: string
  up(params: Readonly<Record<string, unknown>>): Record<string, unknown>
}

/**
 * A node type: everything about it in one value in one file. Manifest, form, docs page, cache key and `run` types
 * derive from it.
 */
export interface NodeDefinition<
  Params extends z.ZodObject = z.ZodObject,
  Inputs extends Ports = Ports,
  Outputs extends Ports = Ports,
  Context extends PluginContext = NodeContext,
> {
  readonly type: string
  readonly version: number
  /**
   * Raised when what the node gives changes while its parameters stay (numbers, or the shape of a value), so that
   * results stored before aren't taken for new ones. Absent: 1.
   */
  readonly revision?: number
  readonly title: string
  readonly category: 'Data' | 'Model' | 'Training' | 'Advice' | 'Evaluation' | 'Output'
  /** When to reach for this, and what goes before and after it. First sentence stands alone. */
  readonly doc: string
  /**
   * Other words by which people look for it, such as "pretrained". Title, category and names of fields are found anyway.
   */
  readonly keywords?: readonly string[]
  readonly inputs: Inputs
  readonly outputs: Outputs
  /** A `z.strictObject`; `.meta({ title, description, unit, widget })` on fields feeds form and docs. */
  readonly params: Params
  readonly migrations?: readonly ParamsMigration[]
  /** True when results depend on the engine: its id and version enter the cache key. */
  readonly usesEngine?: boolean
  /** True for nodes that show the graph itself (Report): the whole document enters the cache key. */
  readonly readsDocument?: boolean
  /** True for nodes that end a pipeline (Report, Export, Predict): their outputs are copied to `--out`. */
  readonly isOutput?: boolean
  /**
   * Groups of ports and parameters whose numbers of classes must be the same, checked without running (see
   * `Port.classesFrom`).
   */
  readonly sameClasses?: readonly (readonly FactSource[])[]
  /**
   * For nodes that read a folder of images as it is: the parameter that takes its path. The first such node of a library
   * is asked when someone wants to know what a folder holds.
   */
  readonly readsFolder?: string
  /** For nodes that read the world: a string that changes when what they read changes. */
  fingerprint?(params: z.output<Params>, context: FetchingContext): Promise<string>
  /**
   * For nodes that read files by path: every file, and every folder that counts though it may be empty, as absolute
   * paths; so that a machine that doesn't have them can be sent them. None: what it is given is no path.
   */
  reads?(params: z.output<Params>, context: FingerprintContext): Promise<readonly string[]>
  /**
   * For nodes with `usesEngine`: the images they put through their network, so that a short job isn't held up by
   * measuring engines; null where that can't be told.
   */
  workload?(call: {
    readonly params: z.output<Params>
    /** Values by port, as far as they are there. */
    readonly inputs: Partial<InputValues<Inputs>>
  }): Workload | null
  /**
   * For nodes that leave something behind which others of their type can use: of several that could run next, the one
   * with the highest number does. Absent: in the order of the graph.
   */
  precedence?(call: {
    /** Values by port. */
    readonly inputs: InputValues<Inputs>
  }): number
  /** Checks that need more than one field, without running; problems carry `field`. */
  validate?(params: z.output<Params>): readonly Omit<Problem, 'node'>[]
  /**
   * Does the work. `inputs` holds values by port, of the types that the ports say (an array for a `multiple` port,
   * undefined for an unconnected optional one), and it gives one value for every output.
   */
  run(call: NodeCall<z.output<Params>, Inputs, Context>): Promise<OutputValues<Outputs>>
}

export interface NodeCall<Params, Inputs extends Ports = Ports, Context extends PluginContext = NodeContext> {
  readonly params: Params
  readonly inputs: InputValues<Inputs>
  readonly context: Context
}

/** Identity, for type inference. `run` is declared as a method so that any definition fits `NodeDefinition`. */
export function defineNode<Params extends z.ZodObject, Inputs extends Ports, Outputs extends Ports>(
  definition: NodeDefinition<Params, Inputs, Outputs>,
): NodeDefinition<Params, Inputs, Outputs> {
  return definition
}
