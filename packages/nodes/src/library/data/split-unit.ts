import type { Sample } from '@graft/graph-schema'

export interface SplitFractions {
  readonly val: number
  readonly test: number
}

export type Part = 'train' | 'val' | 'test'

/** Samples that must stay together: the same group, or the same image twice. */
export interface Unit {
  readonly samples: readonly Sample[]
  /** Class that most of them have. */
  readonly label: number | undefined
  /** Samples of each class. */
  readonly classes: ReadonlyMap<number, number>
  /** Draws its place in the shuffled order; depends on seed and content only. */
  readonly order: number
  readonly key: string
}
