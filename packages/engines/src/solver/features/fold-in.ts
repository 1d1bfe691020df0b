import type { Standard } from './standardise.js'

/** Weights `[classes, columns]` and biases on features as they come, from those on standardised ones. */
export function foldIn(
  weights: Float64Array,
  biases: Float64Array,
  { means, deviations }: Standard,
): { readonly weight: Float64Array; readonly bias: Float64Array } {
  const columns = means.length
  const weight = weights.slice()
  const bias = biases.slice()
  for (let c = 0; c < bias.length; c++)
    for (let k = 0; k < columns; k++) {
      const place = c * columns + k
      weight[place] = deviations[k] === 0 ? 0 : weight[place]! / deviations[k]!
      bias[c]! -= weight[place]! * means[k]!
    }
  return { weight, bias }
}
