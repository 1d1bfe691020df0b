import { elementCount } from '../../operators/support/shape-support.js'
import type { Shape } from '../../operator.js'
import type { KerasValue, WriteCall } from './keras-model.js'

/** The value with its axes as in the network: channels go in front where Keras has them last. */
export function toPlain(call: WriteCall, value: KerasValue, [, channels = 1, ...area]: Shape): KerasValue {
  if (value.layout === 'plain') return value
  const moved =
    elementCount(area) === 1
      ? call.add('Reshape', { target_shape: [channels, 1, 1] }, [value])
      : call.add('Permute', { dims: [3, 1, 2] }, [value])
  return { ...moved, layout: 'plain' }
}

/** A map as Keras has maps: channels last. */
export function toMap(call: WriteCall, value: KerasValue, [, channels = 1, ...area]: Shape): KerasValue {
  if (value.layout === 'last') return value
  if (area.length !== 2) return call.refuse('its input is no map')
  const moved =
    elementCount(area) === 1
      ? call.add('Reshape', { target_shape: [1, 1, channels] }, [value])
      : call.add('Permute', { dims: [2, 3, 1] }, [value])
  return { ...moved, layout: 'last' }
}

/** The first input as a map. */
export function inputMap(call: WriteCall): KerasValue {
  const [value] = call.inputs
  return value === undefined ? call.refuse('it has no input') : toMap(call, value, call.inputShapes[0] ?? [])
}

/** All inputs in one layout: that of maps where one of them is a map. */
export function inOneLayout(call: WriteCall): readonly KerasValue[] {
  if (call.inputs.every(({ layout }) => layout === call.inputs[0]?.layout)) return call.inputs
  return call.inputs.map((value, index) => toMap(call, value, call.inputShapes[index] ?? []))
}
