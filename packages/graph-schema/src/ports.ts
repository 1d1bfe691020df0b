import type { SplitName } from './splits.js'
import type { PortKind } from './values/wire-values.js'

export { portKinds, type PortKind } from './values/wire-values.js'
export * from './splits.js'

/** An input or output of a node type, as the manifest shows it. */
export interface Port {
  readonly kind: PortKind
  /** Datasets: what an output carries, or all that an input accepts. Absent on an input: any. */
  readonly splits?: readonly SplitName[]
  readonly title: string
  readonly description: string
  /** Inputs only; default false. */
  readonly optional?: boolean
  /** Inputs only: accepts several edges and receives an array; default false. */
  readonly multiple?: boolean
  /** Dataset outputs that pass data on: the input port whose split this output carries. Wins over `splits`. */
  readonly splitsFrom?: string
  /**
   * Outputs only: where the number of classes that this output carries comes from, when it can be known without
   * running.
   */
  readonly classesFrom?: FactSource
}

/** A parameter of the node (0, null or absent: not known), or one of its input ports. */
export type FactSource = { readonly param: string } | { readonly port: string }
