import { must } from '@graft/errors'
import type { Shape } from '@graft/network'
import type { GradientCall, LayerGradients, TrainingCall } from './training-rule.js'
import type { GraphBuilder } from './graph-builder.js'
import { type GraphMath, graphMath } from './graph-math.js'

/** Sums a gradient over the axes along which a value of `shape` was broadcast to `from`. */
export function sumToShape(build: GraphBuilder, gradient: string, from: Shape, shape: Shape): string {
  const lead = from.length - shape.length
  const axes = from.flatMap((size, axis) => (axis < lead || (shape[axis - lead] === 1 && size !== 1) ? [axis] : []))
  const math = graphMath(build)
  const summed = math.sum(gradient, axes)
  return lead === 0 ? summed : math.reshape(summed, shape)
}

/**
 * Entries `indices` along an axis are where a value came from: adds every entry of its gradient back to its source, by
 * a product with a 0/1 matrix.
 */
export function scatterAlong(
  build: GraphBuilder,
  gradient: string,
  shape: Shape,
  axis: number,
  size: number,
  indices: readonly number[],
): string {
  const matrix = new Array<number>(indices.length * size).fill(0)
  indices.forEach((index, row) => (matrix[row * size + index] = 1))
  return multiplyAlong(build, gradient, shape, axis, { rows: indices.length, columns: size, values: matrix })
}

/** Replaces the entries along an axis by their product with a matrix. */
export function multiplyAlong(
  build: GraphBuilder,
  value: string,
  shape: Shape,
  axis: number,
  matrix: { readonly rows: number; readonly columns: number; readonly values: readonly number[] },
): string {
  const math = graphMath(build)
  const swap = shape.map((_, index) => (index === axis ? shape.length - 1 : index === shape.length - 1 ? axis : index))
  const factor = build.floats([matrix.rows, matrix.columns], matrix.values)
  return math.transpose(math.multiply(math.transpose(value, swap), factor), swap)
}

/** Shape of a layer's first data input. */
export const firstShape = (call: TrainingCall): Shape =>
  must(call.inputShapes[0], `the shape of the input of ${layerText(call)}`)

/** Name of a layer's first data input. */
export const firstName = (call: TrainingCall): string => must(call.inputs[0], `the input of ${layerText(call)}`)

/** Name of a parameter's value that must be there. */
export const parameterName = (call: TrainingCall, slot: string): string =>
  must(call.parameters[slot], `the parameter '${slot}' of ${layerText(call)}`)

/** Shape of a parameter that must be there. */
export const parameterShape = (call: TrainingCall, slot: string): Shape =>
  must(call.parameterShapes[slot], `the shape of the parameter '${slot}' of ${layerText(call)}`)

const layerText = ({ layer }: TrainingCall): string => `layer '${layer.name}' (${layer.operator})`

/** Per-channel values `[c]` in the shape `[1, c, 1, ...]` that broadcasts against a value of the given rank. */
export function alongChannels(build: GraphBuilder, name: string, rank: number, channels: number): string {
  return graphMath(build).reshape(name, [1, channels, ...Array<number>(rank - 2).fill(1)])
}

/** Every axis but the channels. */
export const axesButChannels = (shape: Shape): number[] => shape.map((_, axis) => axis).filter((axis) => axis !== 1)

/** Gradient of an elementwise function of one input. */
export function elementwiseGradient(
  rule: (
    math: GraphMath,
    names: { readonly x: string; readonly y: string; readonly dy: string },
    call: GradientCall,
  ) => string,
): (call: GradientCall) => LayerGradients {
  return (call) => ({
    inputs: [rule(graphMath(call.build), { x: firstName(call), y: call.output, dy: call.gradient }, call)],
  })
}

/** Zeros after a value's entries, up to the target's. */
export function padTo(build: GraphBuilder, value: string, shape: Shape, target: Shape): string {
  return graphMath(build).pad(
    value,
    shape.map(() => 0),
    shape.map((count, axis) => (target[axis] ?? count) - count),
  )
}
