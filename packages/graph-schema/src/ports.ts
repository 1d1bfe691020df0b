import type { SplitName } from './splits.js'
import { portKinds, type PortKind } from './values/wire-values.js'

export { portKinds, type PortKind }
export * from './splits.js'

/**
 * A kind of values that a plugin brings along, by its own name in front: `my-plugin/points`. Wires connect equal kinds;
 * the port's schema says what a value is.
 */
export type OwnKind = `${string}/${string}`

/** Own kinds: the plugin's name, then the kind's. */
export const ownKindPattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*\/[a-z][a-z0-9]*(-[a-z0-9]+)*$/

/** Whether a kind is one of Graft's own, whose values every part of Graft knows. */
export const isPortKind = (kind: PortKind | OwnKind): kind is PortKind =>
  (portKinds as readonly string[]).includes(kind)

/** An input or output of a node type, as the manifest shows it. */
export interface Port {
  readonly kind: PortKind | OwnKind
  /** Own kinds only: what a value is, as JSON Schema. Values are held against it where they leave and enter a plugin. */
  readonly schema?: Readonly<Record<string, unknown>>
  /** Datasets: what an output carries, or all that an input accepts. Absent on an input: any. */
  readonly splits?: readonly SplitName[]
  readonly title: string
  readonly description: string
  /** Inputs only; default false. */
  readonly optional?: boolean
  /** Optional inputs only: the values of a parameter of the node with which something has to be connected after all. */
  readonly neededFor?: { readonly param: string; readonly values: readonly unknown[] }
  /** Inputs only: accepts several edges and receives an array; default false. */
  readonly multiple?: boolean
  /** Dataset outputs that pass data on: the input port whose split this output carries. Wins over `splits`. */
  readonly splitsFrom?: string
  /**
   * Outputs only: where the number of classes that this output carries comes from, when it can be known without
   * running.
   */
  readonly classesFrom?: FactSource
  /** Number outputs only: the parameter of other nodes that the number is meant for, `learningRate` for example. */
  readonly feeds?: string
}

/** A parameter of the node (0, null or absent: not known), or one of its input ports. */
export type FactSource = { readonly param: string } | { readonly port: string }
