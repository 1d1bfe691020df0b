import type { TensorData } from '../../network.js'
import { FormatError } from '../../weight-format.js'

/** Of which layer a weight is wanted. */
export interface WeightPlace {
  /** The layer's name. */
  readonly layer: string
  /** Names of the models that it is in, the outermost first, without the whole. */
  readonly within: readonly string[]
  /** The layer's group in a `.weights.h5`: `layers/functional/layers/conv2d_1`. */
  readonly stored: string
  /** Names of the layer's variables, in the order in which Keras makes them. */
  readonly variables: readonly string[]
}

/** A layer's weight by the first of these names that is there. */
export type FindWeight = (place: WeightPlace, names: readonly string[]) => TensorData | undefined

/**
 * Finds a layer's weight by its own name (`kernel`, `gamma`, ...), whatever scopes and `:0` the writer put around it;
 * where several models hold a layer of that name, by the model that it is in.
 */
export function findByEnd(weights: ReadonlyMap<string, TensorData>): FindWeight {
  const byEnd = new Map<string, string[]>()
  for (const name of weights.keys()) {
    const end = partsOf(name).slice(-2).join('/')
    const same = byEnd.get(end)
    if (same === undefined) byEnd.set(end, [name])
    else same.push(name)
  }
  return ({ layer, within }, names) => {
    for (const name of names) {
      const exact = within.length === 0 ? weights.get(`${layer}/${name}`) : undefined
      if (exact) return exact
      const found = byEnd.get(`${layer}/${name}`) ?? []
      const [only, ...others] = found.length > 1 ? foundWithin(found, within) : found
      if (only !== undefined && others.length === 0) return weights.get(only)
      if (found.length > 0)
        throw new FormatError(
          `Several weights are called ${layer}/${name}, so it is not clear which one the layer uses.`,
          'Give the layers of the model different names and save it again.',
        )
    }
    return undefined
  }
}

/** Without `:0`; a variable that has no name of its own is `variable`, `variable_1` or `Variable`. */
const partsOf = (name: string): readonly string[] =>
  name
    .replace(/:\d+$/, '')
    .replace(/(^|\/)variable(_\d+)?$/i, '$1variable')
    .split('/')

/** Of several weights those in the given models; without models, those that are in the fewest. */
function foundWithin(names: readonly string[], within: readonly string[]): readonly string[] {
  const matching = names.filter((name) => within.every((model) => partsOf(name).includes(model)))
  const shortest = Math.min(...matching.map((name) => partsOf(name).length))
  return matching.filter((name) => partsOf(name).length === shortest)
}

/** Finds a layer's weight by its number among the layer's variables, as Keras 3 keeps them in a `.weights.h5`. */
export function findByNumber(weights: ReadonlyMap<string, TensorData>): FindWeight {
  return ({ stored, variables }, names) => {
    const number = variables.findIndex((variable) => names.includes(variable))
    return number < 0 ? undefined : weights.get(`${stored}/vars/${number}`)
  }
}
