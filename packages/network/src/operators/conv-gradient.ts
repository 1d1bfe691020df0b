import type { GradientCall, LayerGradients, Shape } from '../operator.js'
import { listAttribute, numberAttribute } from './attributes.js'
import { firstName, firstShape, graphMath, parameterName } from './gradient-support.js'
import type { GraphMath } from './gradient-support.js'
import { elementCount } from './shape-support.js'

/** Sizes of a convolution inside a training step. */
interface Sizes {
  readonly batch: number
  readonly inputs: number
  readonly outputs: number
  readonly groups: number
  /** Height and width of input, output and kernel. */
  readonly from: readonly [number, number]
  readonly to: readonly [number, number]
  readonly kernel: readonly [number, number]
  readonly strides: readonly [number, number]
  readonly dilations: readonly [number, number]
  /** Padding before, and the padding after that the windows reach. */
  readonly before: readonly [number, number]
  readonly after: readonly [number, number]
  /** Pixels after the last window that no window reads. */
  readonly unread: readonly [number, number]
}

interface Context {
  readonly call: GradientCall
  readonly math: GraphMath
  readonly sizes: Sizes
}

/** Gradients of a convolution by input, weight and bias. */
export function convGradient(call: GradientCall): LayerGradients {
  const context = { call, math: graphMath(call.build), sizes: sizesOf(call) }
  const parameters: Record<string, string> = {}
  if (call.needsParameter.has('weight')) parameters['weight'] = weightGradient(context)
  if (call.needsParameter.has('bias')) parameters['bias'] = context.math.sum(call.gradient, [0, 2, 3], false)
  return { inputs: [call.needsInput[0] ? inputGradient(context) : undefined], parameters }
}

function sizesOf(call: GradientCall): Sizes {
  const [batch = 1, inputs = 1, ...from] = firstShape(call)
  const [, outputs = 1, ...to] = call.outputShape
  const kernel = (call.parameterShapes['weight'] ?? []).slice(2)
  const [strides, dilations, pads] = [listAttribute(call, 'strides'), listAttribute(call, 'dilations'), listAttribute(call, 'pads')]
  const reach = (axis: number): number => ((to[axis] ?? 1) - 1) * (strides[axis] ?? 1) + ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1 - (pads[axis] ?? 0) - (from[axis] ?? 1)
  const pair = (list: readonly number[]): readonly [number, number] => [list[0] ?? 0, list[1] ?? 0]
  const reaches = [reach(0), reach(1)]
  return {
    batch, inputs, outputs,
    groups: numberAttribute(call, 'group'),
    from: pair(from), to: pair(to), kernel: pair(kernel), strides: pair(strides), dilations: pair(dilations),
    before: pair(pads),
    after: pair(reaches.map((pixels) => Math.max(0, pixels))),
    unread: pair(reaches.map((pixels) => Math.max(0, -pixels))),
  }
}

/** At stride 1 a convolution with the flipped kernel, otherwise a transposed convolution. */
function inputGradient(context: Context): string {
  const { call, math, sizes } = context
  const { kernel, strides, dilations, before, after, unread } = sizes
  const reach = [0, 1].map((axis) => ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1))
  const pads = [(reach[0] ?? 0) - before[0], (reach[1] ?? 0) - before[1], (reach[0] ?? 0) - after[0] + unread[0], (reach[1] ?? 0) - after[1] + unread[1]]
  const attributes = { dilations, group: sizes.groups, kernel_shape: kernel }
  if (strides.every((stride) => stride === 1) && pads.every((pad) => pad >= 0)) {
    return call.build.add('Conv', [call.gradient, flippedWeight(context)], { ...attributes, pads, strides })
  }
  if (kernel.every((size) => size === 1) && [...before, ...after].every((pad) => pad === 0)) return spreadOut(math, call.build.add('Conv', [call.gradient, flippedWeight(context)], { ...attributes, pads: [0, 0, 0, 0], strides: [1, 1] }), sizes)
  return call.build.add('ConvTranspose', [call.gradient, parameterName(call, 'weight')], { ...attributes, strides, pads: [...before, ...after], output_padding: unread })
}

/** Puts the gradient of a strided 1x1 convolution back on the pixels that were read, zeros between. */
function spreadOut(math: GraphMath, value: string, { batch, inputs, to, from, strides }: Sizes): string {
  const [down, across] = strides
  const cells = math.reshape(value, [batch, inputs, to[0], 1, to[1], 1])
  const spread = math.reshape(math.pad(cells, [0, 0, 0, 0, 0, 0], [0, 0, 0, down - 1, 0, across - 1]), [batch, inputs, to[0] * down, to[1] * across])
  return math.slice(spread, from.flatMap((count, axis) => (count < (to[axis] ?? 1) * (strides[axis] ?? 1) ? [{ axis: axis + 2, start: 0, count }] : [])))
}

/** `[inputs, outputs / group, h, w]`, turned by 180 degrees. */
function flippedWeight({ call, math, sizes }: Context): string {
  const { groups, inputs, outputs, kernel } = sizes
  const weight = parameterName(call, 'weight')
  const shape: Shape = [outputs, inputs / groups, ...kernel]
  const swapped = groups === 1 ? math.transpose(weight, [1, 0, 2, 3]) : swapInGroups(math, weight, groups, shape)
  const turned = kernel.flatMap((size, axis) => (size > 1 ? [{ axis: axis + 2, start: size - 1, count: size, step: -1 }] : []))
  return math.slice(swapped, turned)
}

function swapInGroups(math: GraphMath, weight: string, groups: number, [outputs = 1, perGroup = 1, height = 1, width = 1]: Shape): string {
  // Depthwise kernels with one output each stay as they are.
  if (groups === outputs && perGroup === 1) return weight
  const grouped = math.reshape(weight, [groups, outputs / groups, perGroup, height, width])
  return math.reshape(math.transpose(grouped, [0, 2, 1, 3, 4]), [groups * perGroup, outputs / groups, height, width])
}

/** The sum over batch and positions of gradient times the input under each kernel position, in the formulation that is fastest here. */
function weightGradient(context: Context): string {
  const { call, sizes } = context
  const formulations = formulationsFor(sizes)
  const chosen = formulations[call.choose('weight gradient', Object.keys(formulations))] ?? overColumns
  return context.math.reshape(chosen(context), call.parameterShapes['weight'] ?? [])
}

type Formulation = (context: Context) => string

function formulationsFor({ groups, inputs, kernel }: Sizes): Readonly<Record<string, Formulation>> {
  if (groups > 1 && groups === inputs) return { products: depthwiseProducts, columns: overColumns }
  if (groups === 1 && elementCount(kernel) === 1) return { images: overImages, columns: overColumns }
  const all = { rows: overRows, columns: overColumns, images: overImages, shifts: overShifts }
  return groups === 1 ? all : { columns: overColumns, images: overImages, shifts: overShifts }
}

/** The input under every kernel position, `[n, c, h, w]` each (or `[c, n, h, w]` when the input was given so), row by row. */
function shiftedInputs({ math, sizes }: Context, input: string): string[] {
  const { kernel, to, strides, dilations, before, after, from } = sizes
  const padded = math.pad(input, [0, 0, ...before], [0, 0, ...after])
  return positions(kernel).map((position) => {
    const ranges = position.flatMap((index, axis) => {
      const range = { axis: axis + 2, start: index * (dilations[axis] ?? 1), count: to[axis] ?? 1, step: strides[axis] ?? 1 }
      const whole = range.start === 0 && range.step === 1 && range.count === (from[axis] ?? 1) + (before[axis] ?? 0) + (after[axis] ?? 0)
      return whole ? [] : [range]
    })
    return math.slice(padded, ranges)
  })
}

const positions = ([height, width]: readonly [number, number]): (readonly [number, number])[] =>
  Array.from({ length: height * width }, (_, index) => [Math.floor(index / width), index % width] as const)

/** All images at once: channels first, one matrix product per group over batch and positions. */
function overColumns(context: Context): string {
  const { call, math, sizes } = context
  const { batch, inputs, outputs, groups, kernel, to } = sizes
  const length = batch * to[0] * to[1]
  const area = elementCount(kernel)
  const shifted = shiftedInputs(context, math.transpose(firstName(call), [1, 0, 2, 3])).map((part) => math.reshape(part, [groups, inputs / groups, length]))
  const columns = shifted.length === 1 ? shifted[0] ?? '' : call.build.add('Concat', shifted, { axis: 1 })
  const gradient = math.reshape(math.transpose(call.gradient, [1, 0, 2, 3]), [groups, outputs / groups, length])
  const product = math.reshape(math.multiply(gradient, columns, { transB: true }), [outputs, area, inputs / groups])
  return math.transpose(product, [0, 2, 1])
}

/** Channels last: the columns are whole pixels, copied in one go whatever the stride; one matrix product over batch and positions. */
function overRows(context: Context): string {
  const { call, math, sizes } = context
  const { batch, inputs, outputs, kernel, strides, dilations, from, to, before, after } = sizes
  const [height, width] = [before[0] + from[0] + after[0], before[1] + from[1] + after[1]]
  const last = math.pad(math.transpose(firstName(call), [0, 2, 3, 1]), [0, ...before, 0], [0, ...after, 0])
  const indices = Array.from({ length: to[0] * to[1] }, (_, pixel) => pixel).flatMap((pixel) => {
    const [top, left] = [Math.floor(pixel / to[1]) * strides[0], (pixel % to[1]) * strides[1]]
    return positions(kernel).map(([row, column]) => (top + row * dilations[0]) * width + left + column * dilations[1])
  })
  const columns = call.build.add('Gather', [math.reshape(last, [batch, height * width, inputs]), call.build.integers(indices)], { axis: 1 })
  const rows = batch * to[0] * to[1]
  const gradient = math.reshape(math.transpose(call.gradient, [0, 2, 3, 1]), [rows, outputs])
  const product = math.multiply(gradient, math.reshape(columns, [rows, kernel[0] * kernel[1] * inputs]), { transA: true })
  return math.transpose(math.reshape(product, [outputs, kernel[0] * kernel[1], inputs]), [0, 2, 1])
}

/** One matrix product per image and group, then the sum over the batch. */
function overImages(context: Context): string {
  const { call, math, sizes } = context
  const { batch, inputs, outputs, groups, kernel, to } = sizes
  const length = to[0] * to[1]
  const area = elementCount(kernel)
  const shifted = shiftedInputs(context, firstName(call)).map((part) => math.reshape(part, [batch, groups, inputs / groups, length]))
  const columns = shifted.length === 1 ? shifted[0] ?? '' : call.build.add('Concat', shifted, { axis: 2 })
  const gradient = math.reshape(call.gradient, [batch, groups, outputs / groups, length])
  const product = math.sum(math.multiply(gradient, columns, { transB: true }), [0], false)
  return math.transpose(math.reshape(product, [outputs, area, inputs / groups]), [0, 2, 1])
}

/** One matrix product per kernel position, without joining the shifted inputs. */
function overShifts(context: Context): string {
  const { call, math, sizes } = context
  const { batch, inputs, outputs, groups, to } = sizes
  const length = batch * to[0] * to[1]
  const gradient = math.reshape(math.transpose(call.gradient, [1, 0, 2, 3]), [groups, outputs / groups, length])
  const products = shiftedInputs(context, math.transpose(firstName(call), [1, 0, 2, 3])).map((part) =>
    math.reshape(math.multiply(gradient, math.reshape(part, [groups, inputs / groups, length]), { transB: true }), [outputs, inputs / groups, 1]))
  return products.length === 1 ? products[0] ?? '' : call.build.add('Concat', products, { axis: 2 })
}

/** Depthwise: one product and one sum per kernel position. */
function depthwiseProducts(context: Context): string {
  const { call, math, sizes } = context
  const { batch, inputs, outputs, to } = sizes
  const multiplier = outputs / inputs
  const gradient = multiplier === 1 ? call.gradient : math.reshape(call.gradient, [batch, inputs, multiplier, ...to])
  const sums = shiftedInputs(context, firstName(call)).map((part) => {
    const aligned = multiplier === 1 ? part : math.reshape(part, [batch, inputs, 1, ...to])
    return math.reshape(math.sum(math.mul(gradient, aligned), multiplier === 1 ? [0, 2, 3] : [0, 3, 4]), [outputs, 1, 1])
  })
  return sums.length === 1 ? sums[0] ?? '' : call.build.add('Concat', sums, { axis: 2 })
}
