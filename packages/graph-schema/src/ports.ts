/** What flows along a wire. Small JSON plus content-addressed blobs; never live tensors. */
export const portKinds = ['dataset', 'model', 'metrics', 'report', 'file', 'number', 'advice'] as const
export type PortKind = (typeof portKinds)[number]

/** Which part of the data a dataset wire carries. Part of the type: test data can't be wired into Train. */
export const splits = ['all', 'train', 'val', 'test'] as const
export type SplitName = (typeof splits)[number]

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
