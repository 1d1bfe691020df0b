import type { Layer, Network, Parameter, TensorData, Tensors } from '../network.js'
import { findOperator } from '../operators/index.js'
import { keepsStatistics } from '../operators/statistics.js'
import { resolveAttributes } from '../resolve-attributes.js'
import { usedParameters, finishEdit } from './edit.js'

export interface FoldOptions {
  /** Layers whose own values must stay available; a convolution among them is left alone. */
  readonly keep?: readonly string[]
  /**
   * Fold normalisations with `batch` statistics too: right for evaluation, where they use the stored statistics as
   * well; wrong for training.
   */
  readonly includeBatchStatistics?: boolean
}

/**
 * Folds batch normalisations into the convolution or fully connected layer before them, where that layer feeds nothing
 * else:
 * `w' = w * scale / sqrt(variance + epsilon)`, `b' = (b - mean) * scale / sqrt(variance + epsilon) + shift`. The folded
 * layer keeps the normalisation's name, since it gives its value; new parameters are named after it, are not trainable,
 * and refer to no blob until stored. For running, not for training what was folded.
 * @returns a new network and the tensors it needs; the given ones are untouched
 */
export function foldBatchNorm(
  network: Network,
  tensors: Tensors,
  options: FoldOptions = {},
): { network: Network; tensors: Tensors } {
  const foldable = findFoldable(network, tensors, options)
  if (foldable.size === 0) return { network, tensors }
  const absorbed = new Set([...foldable.values()].map((layer) => layer.name))
  const parameters: Record<string, Parameter> = { ...network.parameters }
  const values: Tensors = new Map(tensors)
  const layers = network.layers
    .filter((layer) => !absorbed.has(layer.name))
    .map((layer) => {
      const linear = foldable.get(layer.name)
      return linear ? foldPair(linear, layer, values, parameters) : layer
    })
  const used = usedParameters(layers, parameters)
  const stages = network.stages
    .map((stage) => ({ ...stage, layers: stage.layers.filter((name) => !absorbed.has(name)) }))
    .filter((stage) => stage.layers.length > 0)
  const folded = finishEdit(
    { ...network, layers, stages, parameters: used },
    `folded ${foldable.size} batch normalisations`,
  )
  return { network: folded, tensors: new Map([...values].filter(([name]) => Object.hasOwn(used, name))) }
}

/** Normalisation layer name -> the linear layer it can be folded into. */
function findFoldable(
  network: Network,
  tensors: Tensors,
  { keep = [], includeBatchStatistics = false }: FoldOptions,
): Map<string, Layer> {
  const layers = new Map(network.layers.map((layer) => [layer.name, layer]))
  const uses = new Map<string, number>()
  for (const input of [network.output, ...keep, ...network.layers.flatMap((layer) => layer.inputs)])
    uses.set(input, (uses.get(input) ?? 0) + 1)
  const foldable = new Map<string, Layer>()
  for (const layer of network.layers) {
    if (!keepsStatistics(findOperator(layer.operator)) || (layer.statistics === 'batch' && !includeBatchStatistics))
      continue
    const linear = layers.get(layer.inputs[0] ?? '')
    if (linear && uses.get(linear.name) === 1 && canAbsorb(linear, layer, tensors)) foldable.set(layer.name, linear)
  }
  return foldable
}

function canAbsorb(linear: Layer, normalisation: Layer, tensors: Tensors): boolean {
  const operator = findOperator(linear.operator)
  if (!operator.linear || !operator.parameters['bias']) return false
  const outputs = slotOf(normalisation, 'mean', tensors)?.data.length
  const bias = slotOf(linear, 'bias', tensors)
  return (
    slotOf(linear, 'weight', tensors) !== undefined &&
    outputs !== undefined &&
    (bias === undefined || bias.data.length === outputs || bias.data.length === 1)
  )
}

const slotOf = (layer: Layer, slot: string, tensors: Tensors): TensorData | undefined =>
  tensors.get(layer.parameters[slot] ?? '')

function foldPair(linear: Layer, normalisation: Layer, tensors: Tensors, parameters: Record<string, Parameter>): Layer {
  const attributes = resolveAttributes(linear)
  const { gain, offset } = gainAndOffset(normalisation, tensors)
  const weight = slotOf(linear, 'weight', tensors) as TensorData
  const bias = slotOf(linear, 'bias', tensors)
  const outputsLast = findOperator(linear.operator).linear?.outputsLast(attributes) ?? false
  // What a Gemm multiplies its bias with.
  const beta = Number(attributes.beta ?? 1)
  const store = (slot: string, shape: readonly number[], data: Float32Array): string => {
    const key = unusedKey(`${normalisation.name}.folded_${slot}`, parameters)
    parameters[key] = { shape, trainable: false, source: { kind: 'blob', blob: '', tensor: key } }
    tensors.set(key, { shape, data })
    return key
  }
  const biasOf = (output: number): number => beta * (bias?.data[bias.data.length === 1 ? 0 : output] ?? 0)
  return {
    name: normalisation.name,
    operator: linear.operator,
    inputs: linear.inputs,
    attributes: attributes.beta === undefined ? linear.attributes : { ...linear.attributes, beta: 1 },
    parameters: {
      weight: store('weight', weight.shape, scaled(weight.data, gain, outputsLast)),
      bias: store(
        'bias',
        [gain.length],
        Float32Array.from(gain, (value, output) => biasOf(output) * value + (offset[output] ?? 0)),
      ),
    },
  }
}

/** Weights times their output's gain; outputs are the first axis, or the last. */
function scaled(weights: Float32Array, gain: readonly number[], outputsLast: boolean): Float32Array {
  const result = new Float32Array(weights.length)
  const perOutput = weights.length / gain.length
  gain.forEach((factor, output) => {
    if (outputsLast) scaleEvery(weights, result, factor, output, gain.length)
    else scaleRange(weights, result, factor, output * perOutput, (output + 1) * perOutput)
  })
  return result
}

// Two small loops, which are compiled early: this runs while other threads decode images, and a slow start here holds
// up the first of them.
function scaleRange(weights: Float32Array, result: Float32Array, factor: number, start: number, end: number): void {
  for (let index = start; index < end; index++) result[index] = weights[index]! * factor
}

function scaleEvery(weights: Float32Array, result: Float32Array, factor: number, start: number, step: number): void {
  for (let index = start; index < weights.length; index += step) result[index] = weights[index]! * factor
}

/** The normalisation as `gain * x + offset`, in double precision. */
function gainAndOffset(layer: Layer, tensors: Tensors): { gain: readonly number[]; offset: readonly number[] } {
  const epsilon = Number(resolveAttributes(layer).epsilon)
  const [scale, shift, mean, variance] = ['scale', 'shift', 'mean', 'variance'].map(
    (slot) => slotOf(layer, slot, tensors)?.data ?? new Float32Array(),
  )
  const gain = Array.from(variance ?? [], (value, channel) => (scale?.[channel] ?? 1) / Math.sqrt(value + epsilon))
  return { gain, offset: gain.map((value, channel) => (shift?.[channel] ?? 0) - (mean?.[channel] ?? 0) * value) }
}

function unusedKey(wanted: string, parameters: Readonly<Record<string, Parameter>>): string {
  let key = wanted
  for (let count = 2; Object.hasOwn(parameters, key); count += 1) key = `${wanted}_${count}`
  return key
}
