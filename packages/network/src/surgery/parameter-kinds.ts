import type { Network } from '../network.js'
import type { ParameterRole } from '../operator.js'
import type { ParameterUse } from './parameter-roles.js'

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

/** What a layer's parameter is. What is added along more than one axis (positions of tokens) is no bias. */
export function kindOf({ parameters }: Pick<Network, 'parameters'>, { key, role }: ParameterUse): ParameterKind | null {
  const axes = (parameters[key]?.shape ?? []).filter((size) => size > 1).length
  if (role === 'bias' && axes > 1) return 'embeddings'
  return (
    allParameterKinds.find((kind) => (parameterKinds[kind].roles as readonly ParameterRole[]).includes(role)) ?? null
  )
}

/** Kinds in words, in the order of the list: "weights and embeddings". */
export function describeKinds(kinds: readonly ParameterKind[]): string {
  const titles = allParameterKinds
    .filter((kind) => kinds.includes(kind))
    .map((kind) => parameterKinds[kind].title.toLowerCase().replace('batch-norm statistics', 'statistics'))
  return [titles.slice(0, -1).join(', '), titles.at(-1) ?? ''].filter((part) => part !== '').join(' and ')
}
