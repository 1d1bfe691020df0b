import type { ParameterRole } from '../operator.js'

interface Kind {
  readonly title: string
  readonly roles: readonly ParameterRole[]
}

/**
 * What parameters can be told apart by when only some of them are to train. "Norms and biases only" moves ViT-B/16 on
 * VTAB-1k about as far as full tuning does, with a thousandth of the parameters (Cai et al. 2020, TinyTL; Ben Zaken et
 * al. 2022, BitFit).
 */
export const parameterKinds = {
  weights: { title: 'Weights', roles: ['weight'] },
  biases: { title: 'Biases', roles: ['bias'] },
  normalisation: { title: 'Scales and shifts', roles: ['scale', 'shift'] },
  embeddings: { title: 'Embeddings', roles: ['embedding'] },
  statistics: { title: 'Batch-norm statistics', roles: ['mean', 'variance'] },
} as const satisfies Readonly<Record<string, Kind>>

export type ParameterKind = keyof typeof parameterKinds

/** All of them, in the order of the list. */
export const allParameterKinds = Object.keys(parameterKinds) as readonly ParameterKind[]

/** The roles that the kinds stand for. */
export const rolesOf = (kinds: readonly ParameterKind[]): ReadonlySet<ParameterRole> =>
  new Set(kinds.flatMap((kind): readonly ParameterRole[] => parameterKinds[kind].roles))

/** Kinds in words, in the order of the list: "weights and embeddings". */
export function describeKinds(kinds: readonly ParameterKind[]): string {
  const titles = allParameterKinds
    .filter((kind) => kinds.includes(kind))
    .map((kind) => parameterKinds[kind].title.toLowerCase().replace('batch-norm statistics', 'statistics'))
  return [titles.slice(0, -1).join(', '), titles.at(-1) ?? ''].filter((part) => part !== '').join(' and ')
}
