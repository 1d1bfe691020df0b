import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import { NetworkError } from '../../network-error.js'
import type { ForwardCall, TensorFlow, Value } from '../../operator.js'

/** Where axis 0..3 of the plain (NCHW) view lies in a channels-last tensor. */
export const channelsLastAxis = [0, 3, 1, 2] as const

export const plainValue = (tensor: Tensor): Value => ({ tensor, layout: 'plain' })
export const channelsLastValue = (tensor: Tensor): Value => ({ tensor, layout: 'nhwc' })

/** The call's first data input; the interpreter guarantees the arity that `validateNetwork` checked. */
export function firstValue(call: ForwardCall): Value {
  const [value] = call.inputs
  if (value === undefined)
    throw new NetworkError(
      `Layer '${call.layer.name}' (${call.layer.operator}) was run without an input.`,
      'Run validateNetwork first.',
    )
  return value
}

export const firstPlain = (call: ForwardCall): Tensor => call.plain(firstValue(call))
export const firstMap = (call: ForwardCall): Tensor4D => call.channelsLast(firstValue(call)) as Tensor4D

/** A parameter tensor that must be there. */
export function parameterTensor(call: ForwardCall, slot: string): Tensor {
  const tensor = call.parameters[slot]
  if (tensor === undefined)
    throw new NetworkError(
      `Layer '${call.layer.name}' (${call.layer.operator}) was run without its parameter '${slot}'.`,
      'Run validateNetwork first.',
    )
  return tensor
}

/** Applies an axis-free function and keeps the layout. */
export function mapValue(value: Value, compute: (tensor: Tensor) => Tensor): Value {
  return { tensor: compute(value.tensor), layout: value.layout }
}

/** Shape of a value in the plain (NCHW) view. */
export function plainShape(value: Value): number[] {
  const { shape } = value.tensor
  return value.layout === 'plain' ? [...shape] : channelsLastAxis.map((axis) => shape[axis] ?? 1)
}

/**
 * Repeats along size-1 axes. An addition, because its gradient sums over the repeated axes on every backend and for
 * every rank.
 */
export function broadcastTensor(tf: TensorFlow, tensor: Tensor, shape: readonly number[]): Tensor {
  const same = tensor.shape.length === shape.length && tensor.shape.every((size, axis) => size === shape[axis])
  return same ? tensor : tf.add(tensor, tf.zeros([...shape]))
}
