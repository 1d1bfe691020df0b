import type { Layer, Network } from '../../network.js'
import { resolveAttributes } from '../../resolve-attributes.js'
import type { OutputActivation } from '../format.js'

/** What several layers compute together, for which Keras has another way than one layer for each. */
export interface Patterns {
  /** The vector that a layer brings to length 1, by the layer's name. */
  readonly unitLength: ReadonlyMap<string, string>
  /** Layers that are no longer needed. */
  readonly skipped: ReadonlySet<string>
}

/** Finds vectors that are divided by their length: `x / sqrt(clip(sum(x * x)))` over the last axis. */
export function findPatterns({ layers, output }: Network): Patterns {
  const byName = new Map(layers.map((layer) => [layer.name, layer]))
  const readers = new Map<string, number>()
  for (const { inputs } of layers) for (const input of inputs) readers.set(input, (readers.get(input) ?? 0) + 1)
  const unitLength = new Map<string, string>()
  const skipped = new Set<string>()
  for (const layer of layers) {
    const chain = lengthBefore(layer, byName)
    // What others read as well is still needed.
    const own = chain?.every(({ name }) => name !== output && readers.get(name) === 1)
    if (chain === null || own !== true) continue
    unitLength.set(layer.name, layer.inputs[0] ?? '')
    for (const { name } of chain) skipped.add(name)
  }
  return { unitLength, skipped }
}

/** The layers that compute the length by which a layer divides, last one first; null: it doesn't. */
function lengthBefore(layer: Layer, byName: ReadonlyMap<string, Layer>): readonly Layer[] | null {
  const [vector = '', length = ''] = layer.inputs
  if (layer.operator !== 'Div' || length === '') return null
  const chain: Layer[] = []
  let at = length
  for (const operator of ['Sqrt', 'Clip', 'ReduceSum', 'Mul']) {
    const found = byName.get(at)
    if (found?.operator !== operator) return null
    chain.push(found)
    at = found.inputs[0] ?? ''
  }
  const [, , sum, square] = chain
  const { axes, keepdims } = sum === undefined ? {} : (resolveAttributes(sum) as Record<string, unknown>)
  const overLast = Array.isArray(axes) && axes.length === 1 && (axes[0] === 1 || axes[0] === -1) && keepdims === 1
  return overLast && square?.inputs.length === 2 && square.inputs.every((input) => input === vector) ? chain : null
}

/**
 * Where a network ends in logits of probabilities that it has already, and what is to be done with logits is to make
 * probabilities of them: the layer that has the probabilities, and those after it. For words without logarithms.
 */
export function probabilitiesBefore(
  { layers, output }: Network,
  { operator }: OutputActivation,
): { readonly value: string; readonly after: ReadonlySet<string> } | null {
  const byName = new Map(layers.map((layer) => [layer.name, layer]))
  const log = byName.get(output)
  if (log?.operator !== 'Log') return null
  const [odds = ''] = log.inputs
  const before = operator === 'Sigmoid' ? oddsOf(odds, byName) : { value: odds, after: [] }
  const clip = before && byName.get(before.value)
  // Numbers between 0 and 1 stay what they are but for the last digits, from which the logarithm was to be kept.
  if (before === null || clip?.operator !== 'Clip') return null
  return { value: clip.inputs[0] ?? '', after: new Set([output, ...before.after, clip.name]) }
}

/** `p / (1 - p)` */
function oddsOf(
  name: string,
  byName: ReadonlyMap<string, Layer>,
): { readonly value: string; readonly after: readonly string[] } | null {
  const divided = byName.get(name)
  const [value = '', absent = ''] = divided?.inputs ?? []
  const less = byName.get(absent)
  if (divided?.operator !== 'Div' || less?.operator !== 'Sub' || less.inputs[0] !== value) return null
  return { value, after: [divided.name, less.name] }
}
