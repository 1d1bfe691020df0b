import { elementCount } from '../onnx-tensor.js'
import type { Fold, FoldBudget } from '../values/fold-support.js'
import { allocate, type Constant, constant } from '../values/graph-value.js'
import type { NodeCall } from '../values/node-call.js'

/** Layers on constants: weights that a network normalises before it uses them, tables that it projects. */
export const layerFolds: Readonly<Record<string, Fold>> = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  Conv: convolution,
}

/** Mean and (biased) variance of each of `groups`; `groupOf` says where an element belongs. */
function statistics(
  values: ArrayLike<number>,
  groups: number,
  groupOf: (index: number) => number,
): { readonly mean: Float64Array; readonly variance: Float64Array } {
  const [mean, variance, count] = [new Float64Array(groups), new Float64Array(groups), new Float64Array(groups)]
  const add = (sums: Float64Array, index: number, value: number): void => {
    sums[groupOf(index)] = (sums[groupOf(index)] ?? 0) + value
  }
  for (let index = 0; index < values.length; index++) {
    add(mean, index, values[index] ?? 0)
    add(count, index, 1)
  }
  mean.forEach((sum, group) => (mean[group] = sum / (count[group] ?? 1)))
  for (let index = 0; index < values.length; index++)
    add(variance, index, ((values[index] ?? 0) - (mean[groupOf(index)] ?? 0)) ** 2)
  variance.forEach((sum, group) => (variance[group] = sum / (count[group] ?? 1)))
  return { mean, variance }
}

function batchNormalization(call: NodeCall, budget: FoldBudget): Constant {
  const input = call.required(0)
  const [scale, shift, mean, variance] = [1, 2, 3, 4].map((index) => call.required(index).read())
  const channels = input.shape[1] ?? 1
  const inner = elementCount(input.shape.slice(2))
  const channelOf = (index: number): number => Math.floor(index / inner) % channels
  const values = input.read()
  budget.spend(call, input.shape)
  const training = call.integer('training_mode', 0) === 1
  const used = training ? statistics(values, channels, channelOf) : { mean, variance }
  const epsilon = call.float('epsilon', 1e-5)
  const result = values.map((value, index) => {
    const channel = channelOf(index)
    const root = Math.sqrt((used.variance?.[channel] ?? 1) + epsilon)
    return ((value - (used.mean?.[channel] ?? 0)) / root) * (scale?.[channel] ?? 1) + (shift?.[channel] ?? 0)
  })
  return constant(input.type, input.shape, result)
}

function layerNormalization(call: NodeCall, budget: FoldBudget): Constant {
  const input = call.required(0)
  const axis = call.integer('axis', -1)
  const inner = elementCount(input.shape.slice(axis))
  const [values, scale, shift] = [input.read(), call.required(1).read(), call.constant(2)?.read()]
  const rowOf = (index: number): number => Math.floor(index / inner)
  budget.spend(call, input.shape)
  const { mean, variance } = statistics(values, values.length / Math.max(1, inner), rowOf)
  const epsilon = call.float('epsilon', 1e-5)
  const result = values.map((value, index) => {
    const root = Math.sqrt((variance[rowOf(index)] ?? 1) + epsilon)
    return ((value - (mean[rowOf(index)] ?? 0)) / root) * (scale[index % inner] ?? 1) + (shift?.[index % inner] ?? 0)
  })
  return constant(input.type, input.shape, result)
}

/** Convolutions of tables are projections, with kernels of one pixel; others are refused. */
function convolution(call: NodeCall, budget: FoldBudget): Constant {
  const [input, weight, bias] = [call.required(0), call.required(1), call.constant(2)?.read()]
  const [batch = 1, channels = 1, ...space] = input.shape
  const [outputs = 1, inputs = 1, ...kernel] = weight.shape
  const plain =
    kernel.every((size) => size === 1) &&
    inputs === channels &&
    (call.list('strides') ?? []).every((stride) => stride === 1) &&
    (call.list('pads') ?? []).every((pad) => pad === 0)
  if (!plain) throw call.refuse('convolves constants', 'Simplify the model (for example with onnxsim).')
  const inner = elementCount(space)
  budget.spend(call, [batch, outputs, inner, channels])
  const result = allocate(input.type, batch * outputs * inner)
  const [values, weights] = [input.read(), weight.read()]
  result.forEach((_, index) => {
    const [image, output, pixel] = [
      Math.floor(index / (outputs * inner)),
      Math.floor(index / inner) % outputs,
      index % inner,
    ]
    let sum = bias?.[output] ?? 0
    for (let channel = 0; channel < channels; channel++)
      sum += (weights[output * channels + channel] ?? 0) * (values[(image * channels + channel) * inner + pixel] ?? 0)
    result[index] = sum
  })
  return constant(input.type, [batch, outputs, ...space], result)
}
