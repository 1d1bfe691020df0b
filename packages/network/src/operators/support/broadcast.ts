import type { Tensor } from '@tensorflow/tfjs-core'
import type { ForwardCall, Value } from '../../operator.js'
import { channelsLastAxis, plainValue } from './value-support.js'

/**
 * Brings operands of a broadcasting operator into one layout: channels-last as soon as one of them is (missing leading
 * axes are filled with 1 first, so numpy's rule still holds), plain otherwise.
 */
export function alignValues(
  call: ForwardCall,
  values: readonly Value[],
): { readonly tensors: readonly Tensor[]; readonly layout: Value['layout'] } {
  const channelsLast =
    values.some((value) => value.layout === 'nhwc') && values.every((value) => value.tensor.rank <= 4)
  if (!channelsLast) return { tensors: values.map((value) => call.plain(value)), layout: 'plain' }
  return { tensors: values.map((value) => toChannelsLast(call, value)), layout: 'nhwc' }
}

function toChannelsLast(call: ForwardCall, value: Value): Tensor {
  if (value.layout === 'nhwc' || value.tensor.size === 1) return value.tensor
  const shape = [...Array<number>(4 - value.tensor.rank).fill(1), ...value.tensor.shape]
  const [batch = 1, channels = 1, height = 1, width = 1] = shape
  // With one channel, or one pixel, both layouts hold the same sequence of numbers: a reshape is enough.
  if (channels === 1 || height * width === 1) return call.tf.reshape(value.tensor, [batch, height, width, channels])
  return call.channelsLast(plainValue(call.tf.reshape(value.tensor, shape)))
}

/** Axis of the plain view as an axis of the tensor in this layout. */
export function axisIn(layout: Value['layout'], axis: number): number {
  return layout === 'nhwc' ? (channelsLastAxis[axis as 0 | 1 | 2 | 3] ?? axis) : axis
}
