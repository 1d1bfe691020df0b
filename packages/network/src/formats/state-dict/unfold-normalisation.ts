import type { Architecture } from '../../architectures/index.js'
import { inferShapes } from '../../infer-shapes.js'
import type { Layer, Network, TensorData, Tensors } from '../../network.js'
import { resolveAttributes } from '../../resolve-attributes.js'
import { type WeightedPart, weightedParts } from './weighted-parts.js'

/** A network that an architecture builds, with values for its parameters. */
export interface Unfolded {
  readonly architecture: Architecture
  readonly built: Network
  readonly classes: number | null
  readonly tensors: Tensors
  /** Keys of the classifier's parameters in the built network, and in the given one. */
  readonly classifiers: readonly [ReadonlySet<string>, ReadonlySet<string>]
}

/**
 * The network of an architecture that a network computes whose batch normalisations were folded into the layers before them, as
 * exporters do, and whose names are lost: its learned parts stand at the same places, with the same shapes. The folded
 * normalisations come back as ones that change nothing but add the bias: mean 0, variance 1 - epsilon, scale 1. Null when no
 * architecture fits; of several the one whose layers have the most names and paddings in common.
 */
export function unfoldNormalisation(
  network: Network,
  tensors: Tensors,
  architectures: readonly Architecture[],
): Unfolded | null {
  const [, height, width] = network.input.shape
  const parts = weightedParts(network)
  if (height === undefined || height !== width || parts.length < 4) return null
  const output = inferShapes(network).get(network.output) ?? []
  // Files don't say whether their last numbers are scores of classes.
  const possible =
    network.head === null && output.length === 2 ? [output[1] ?? null, null] : [classesOf(network, output)]
  const candidates = architectures.flatMap((architecture) =>
    possible.flatMap((classes) => {
      const built = attempt(() => architecture.build({ classes, inputSize: height }))
      const pairs = built && paired(weightedParts(built), parts)
      return built && pairs ? [{ architecture, built, pairs, classes, likeness: likeness(pairs) }] : []
    }),
  )
  const [best] = candidates.sort((a, b) => b.likeness - a.likeness)
  if (best === undefined) return null
  const values = valuesOf(best.built, best.pairs, tensors)
  const [own, given] = best.pairs.at(-1) ?? []
  const keys = (part: WeightedPart | undefined): ReadonlySet<string> =>
    new Set(best.classes === null ? [] : Object.values(part?.layer.parameters ?? {}))
  return values && { ...best, tensors: values, classifiers: [keys(own), keys(given)] }
}

const classesOf = ({ head }: Network, output: readonly number[]): number | null =>
  head === null ? null : (output.at(-1) ?? null)

type Pair = readonly [own: WeightedPart, given: WeightedPart]

/** Parts at the same places; where several are alike, in their order. Null when a place has more in one of the two. */
function paired(own: readonly WeightedPart[], given: readonly WeightedPart[]): readonly Pair[] | null {
  if (own.length !== given.length) return null
  const waiting = new Map<string, WeightedPart[]>()
  for (const part of given) waiting.set(part.place, [...(waiting.get(part.place) ?? []), part])
  const pairs = own.flatMap((part): Pair[] => {
    const found = waiting.get(part.place)?.shift()
    return found ? [[part, found]] : []
  })
  return pairs.length === own.length ? pairs : null
}

const likeness = (pairs: readonly Pair[]): number =>
  pairs.filter(([own, given]) => own.layer.name === given.layer.name).length +
  pairs.filter(([own, given]) => padsOf(own.layer) === padsOf(given.layer)).length

const padsOf = (layer: Layer): string => String(resolveAttributes(layer).pads)

/** Values of all parameters of the built network; null where the other one has numbers that it has no place for. */
function valuesOf(built: Network, pairs: readonly Pair[], given: Tensors): Tensors | null {
  const result: Tensors = new Map()
  const put = (key: string | undefined, data: Float32Array): void => {
    const shape = built.parameters[key ?? '']?.shape
    if (key !== undefined && shape !== undefined) result.set(key, { shape, data })
  }
  for (const [own, other] of pairs) {
    const { bias, ...rest } = own.layer.parameters
    const { bias: otherBias, ...others } = other.layer.parameters
    const count = own.normalisation && countOf(built, own.normalisation.parameters['mean'])
    const shift = given.get(otherBias ?? '')?.data
    for (const [slot, key] of Object.entries(rest)) {
      const value = given.get(others[slot] ?? '')
      if (value === undefined) return null
      put(key, own.outputsLast === other.outputsLast ? value.data : turned(value))
    }
    if (own.normalisation === null) {
      if (bias === undefined && shift?.some((value) => value !== 0)) return null
      put(bias, shift ?? new Float32Array(countOf(built, bias)))
      continue
    }
    put(
      bias,
      other.normalisation === null
        ? new Float32Array(countOf(built, bias))
        : (shift ?? new Float32Array(countOf(built, bias))),
    )
    const slots = normalised(own.normalisation, other.normalisation, given, count ?? 0, shift)
    for (const [slot, data] of Object.entries(slots)) put(own.normalisation.parameters[slot], data)
  }
  const complete = Object.keys(built.parameters).every((key) => result.has(key) || isConstant(built, key))
  return complete ? result : null
}

/** A normalisation's numbers: its own where it is there, else those that only add the bias. */
function normalised(
  own: Layer,
  other: Layer | null,
  given: Tensors,
  count: number,
  bias: Float32Array | undefined,
): Readonly<Record<string, Float32Array>> {
  const filled = (value: number): Float32Array => new Float32Array(count).fill(value)
  if (other === null)
    return {
      scale: filled(1),
      shift: bias ?? filled(0),
      mean: filled(0),
      variance: filled(1 - Number(resolveAttributes(own).epsilon)),
    }
  const slots = Object.entries(other.parameters).map(
    ([slot, key]) => [slot, given.get(key)?.data ?? filled(0)] as const,
  )
  return Object.fromEntries(slots)
}

const countOf = (built: Network, key: string | undefined): number =>
  (built.parameters[key ?? '']?.shape ?? [0]).reduce((product, size) => product * size, 1)

const isConstant = ({ layers }: Network, key: string): boolean =>
  layers.some(({ parameters }) => parameters['constant'] === key)

/** The same matrix with its axes exchanged. */
function turned({ shape, data }: TensorData): Float32Array {
  const [rows = 1, columns = 1] = shape
  return Float32Array.from(data, (_, index) => data[(index % rows) * columns + Math.floor(index / rows)] ?? 0)
}

function attempt<Value>(work: () => Value): Value | null {
  try {
    return work()
  } catch {
    return null
  }
}
