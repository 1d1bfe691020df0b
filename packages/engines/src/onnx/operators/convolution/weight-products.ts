import { elementCount } from '@graft/network/operators'
import { firstName } from '../support/gradient-support.js'
import { type ConvContext, joined } from './conv-sizes.js'

// The ways to write a convolution's weight gradient, [outputs, inputs / groups, positions], as products of values in
// NCHW; `weightGradient` chooses.

/**
 * The input under every kernel position, `[n, c, h, w]` each (or `[c, n, h, w]` when the input was given so), row by
 * row.
 */
function shiftedInputs({ math, sizes }: ConvContext, input: string): string[] {
  const { kernel, to, strides, dilations, before, after, from } = sizes
  const padded = math.pad(input, [0, 0, ...before], [0, 0, ...after])
  return positions(kernel).map((position) => {
    const ranges = position.flatMap((index, axis) => {
      const range = {
        axis: axis + 2,
        start: index * (dilations[axis] ?? 1),
        count: to[axis] ?? 1,
        step: strides[axis] ?? 1,
      }
      const whole =
        range.start === 0 &&
        range.step === 1 &&
        range.count === (from[axis] ?? 1) + (before[axis] ?? 0) + (after[axis] ?? 0)
      return whole ? [] : [range]
    })
    return math.slice(padded, ranges)
  })
}

const positions = ([height, width]: readonly [number, number]): (readonly [number, number])[] =>
  Array.from({ length: height * width }, (_, index) => [Math.floor(index / width), index % width] as const)

/** All images at once: channels first, one matrix product per group over batch and positions. */
export function overColumns(context: ConvContext): string {
  const { call, math, sizes } = context
  const { batch, inputs, outputs, groups, kernel, to } = sizes
  const length = batch * to[0] * to[1]
  const area = elementCount(kernel)
  const shifted = shiftedInputs(context, math.transpose(firstName(call), [1, 0, 2, 3])).map((part) =>
    math.reshape(part, [groups, inputs / groups, length]),
  )
  const columns = joined(context, shifted, 1)
  const gradient = math.reshape(math.transpose(call.gradient, [1, 0, 2, 3]), [groups, outputs / groups, length])
  const product = math.reshape(math.multiply(gradient, columns, { transB: true }), [outputs, area, inputs / groups])
  return math.transpose(product, [0, 2, 1])
}

/**
 * Without groups. Channels last: the columns are whole pixels, copied in one go whatever the stride; one matrix product over batch and
 * positions.
 */
export function overRows(context: ConvContext): string {
  const { call, math, sizes } = context
  const { batch, inputs, outputs, kernel, strides, dilations, from, to, before, after } = sizes
  const [height, width] = [before[0] + from[0] + after[0], before[1] + from[1] + after[1]]
  const last = math.pad(math.transpose(firstName(call), [0, 2, 3, 1]), [0, ...before, 0], [0, ...after, 0])
  const indices = Array.from({ length: to[0] * to[1] }, (_, pixel) => pixel).flatMap((pixel) => {
    const [top, left] = [Math.floor(pixel / to[1]) * strides[0], (pixel % to[1]) * strides[1]]
    return positions(kernel).map(([row, column]) => (top + row * dilations[0]) * width + left + column * dilations[1])
  })
  const columns = call.build.add(
    'Gather',
    [math.reshape(last, [batch, height * width, inputs]), call.build.integers(indices)],
    { axis: 1 },
  )
  const rows = batch * to[0] * to[1]
  const gradient = math.reshape(math.transpose(call.gradient, [0, 2, 3, 1]), [rows, outputs])
  const product = math.multiply(gradient, math.reshape(columns, [rows, kernel[0] * kernel[1] * inputs]), {
    transA: true,
  })
  return math.transpose(math.reshape(product, [outputs, kernel[0] * kernel[1], inputs]), [0, 2, 1])
}

/** One matrix product per image and group, then the sum over the batch. */
export function overImages(context: ConvContext): string {
  const { call, math, sizes } = context
  const { batch, inputs, outputs, groups, kernel, to } = sizes
  const length = to[0] * to[1]
  const area = elementCount(kernel)
  const shifted = shiftedInputs(context, firstName(call)).map((part) =>
    math.reshape(part, [batch, groups, inputs / groups, length]),
  )
  const columns = joined(context, shifted, 2)
  const gradient = math.reshape(call.gradient, [batch, groups, outputs / groups, length])
  const product = math.sum(math.multiply(gradient, columns, { transB: true }), [0], false)
  return math.transpose(math.reshape(product, [outputs, area, inputs / groups]), [0, 2, 1])
}

/** For depthwise convolutions: one product and one sum per kernel position. */
export function depthwiseProducts(context: ConvContext): string {
  const { call, math, sizes } = context
  const { batch, inputs, outputs, to } = sizes
  const multiplier = outputs / inputs
  const gradient = multiplier === 1 ? call.gradient : math.reshape(call.gradient, [batch, inputs, multiplier, ...to])
  const sums = shiftedInputs(context, firstName(call)).map((part) => {
    const aligned = multiplier === 1 ? part : math.reshape(part, [batch, inputs, 1, ...to])
    return math.reshape(math.sum(math.mul(gradient, aligned), multiplier === 1 ? [0, 2, 3] : [0, 3, 4]), [
      outputs,
      1,
      1,
    ])
  })
  return joined(context, sums, 2)
}
