import type { z } from 'zod'
import type { BlobReference, FactSource, Port, Problem, RunEventBody } from '@graft/graph-schema'
import type { Engine, Workload } from '@graft/engines'

export type Ports = Readonly<Record<string, Port>>

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
   * is asked when somebody wants to know what a folder holds.
   */
  readonly readsFolder?: string
  /** For nodes that read the world: a string that changes when what they read changes. */
  fingerprint?(params: z.output<Params>, context: FingerprintContext): Promise<string>
  /**
   * For nodes with `usesEngine`: the images they put through their network, so that a short job isn't held up by
   * measuring engines; null where that can't be told.
   */
  workload?(call: Omit<NodeCall<z.output<Params>>, 'context'>): Workload | null
  /** Checks that need more than one field, without running; problems carry `field`. */
  validate?(params: z.output<Params>): readonly Omit<Problem, 'node'>[]
  /**
   * Does the work. `inputs` holds values by port (an array for a `multiple` port, undefined for an unconnected optional
   * one).
   */
  run(call: NodeCall<z.output<Params>>): Promise<Readonly<Record<keyof Outputs & string, unknown>>>
}

export interface NodeCall<Params> {
  readonly params: Params
  readonly inputs: Readonly<Record<string, unknown>>
  readonly context: NodeContext
}

export interface FingerprintContext {
  /** Resolves a path from a graph (relative to the graph file) and confines it to the data roots. */
  resolvePath(path: string): string
}

/** All a running node may use of the outside world. */
export interface NodeContext extends FingerprintContext {
  readonly nodeId: string
  readonly signal: AbortSignal
  /** Engine for forward passes, and the one for training; the same object when one engine does both. */
  readonly engines: { readonly forward: Engine; readonly training: Engine; readonly fallback?: readonly Engine[] }
  readonly store: BlobStore
  /** Directory for derived data such as cached features; content-addressed by the user of it. */
  readonly cacheDirectory: string
  /** What the node's caches may take in memory, in bytes; absent: their own limits hold. */
  readonly memoryBytes?: number
  /** Keeps the state of long work, so that an interrupted run goes on where it was. Absent: nothing is kept. */
  readonly checkpoints?: NodeCheckpoints
  /** The document being run, for Report. */
  readonly document: unknown
  emit(event: WithoutNode<Extract<RunEventBody, { type: 'node-progress' | 'metric' | 'preview' | 'log' }>>): void
}

/** One node's state, for this run and exactly these inputs and parameters. */
export interface NodeCheckpoints {
  /** The newest state that was saved; null when there is none. */
  load(): Promise<Uint8Array | null>
  /** Whether enough time has passed since the last one that saving now is worth its cost. */
  isDue(): boolean
  save(bytes: Uint8Array): Promise<void>
}
type WithoutNode<Event> = Event extends unknown ? Omit<Event, 'node'> : never

/** The content-addressed artifact store. */
export interface BlobStore {
  put(bytes: Uint8Array, mediaType: string, name?: string): Promise<BlobReference>
  get(sha256: string): Promise<Uint8Array>
  has(sha256: string): Promise<boolean>
  /** Path of the stored file, for reading in place. */
  path(sha256: string): string
}

/** Identity, for type inference. `run` is declared as a method so that any definition fits `NodeDefinition`. */
export function defineNode<Params extends z.ZodObject, Inputs extends Ports, Outputs extends Ports>(
  definition: NodeDefinition<Params, Inputs, Outputs>,
): NodeDefinition<Params, Inputs, Outputs> {
  return definition
}
