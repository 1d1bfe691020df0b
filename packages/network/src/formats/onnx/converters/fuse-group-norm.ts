import { elementCount } from '../onnx-tensor.js'
import { type Constant, constant, type LayerValue } from '../values/graph-value.js'
import type { NodeCall } from '../values/node-call.js'
import { vector } from './convert-windows.js'
import type { GraphBuilder } from './graph-builder.js'

/**
 * Exporters write GroupNorm as an instance normalisation of groups with ones and zeros, between two reshapes; the scale that is
 * multiplied with it is the learned one. Given such a product, a GroupNormalization takes the place of all; null for another.
 */
export function fuseGroupNorm(
  call: NodeCall,
  builder: GraphBuilder,
  value: LayerValue,
  scale: Constant,
): LayerValue | null {
  const restored = builder.find(value)
  const normalised = builder.layer(restored?.inputs[0] ?? '')
  const grouped = builder.layer(normalised?.inputs[0] ?? '')
  const source = grouped?.inputs[0]
  if (
    restored?.operator !== 'Reshape' ||
    normalised?.operator !== 'InstanceNormalization' ||
    grouped?.operator !== 'Reshape'
  )
    return null
  if (source === undefined || builder.shape(source).join() !== value.shape.join() || !perChannel(scale, value))
    return null
  if (!isPlain(builder, normalised.parameters['scale'], 1) || !isPlain(builder, normalised.parameters['shift'], 0))
    return null
  const channels = value.shape[1] ?? 1
  const zeros = constant('float32', [channels], new Float32Array(channels))
  return builder.emit(call, 'GroupNormalization', [{ kind: 'layer', name: source, shape: value.shape }], {
    attributes: {
      num_groups: builder.shape(grouped.name)[1] ?? 1,
      epsilon: Number(normalised.attributes['epsilon'] ?? 1e-5),
    },
    slots: { scale: { value: vector(scale), trainable: true }, shift: { value: zeros, trainable: false } },
  })
}

/** What is added to a group normalisation that has no shift yet is its shift; null when it is something else. */
export function fuseGroupShift(builder: GraphBuilder, value: LayerValue, shift: Constant): LayerValue | null {
  const layer = builder.find(value)
  const key = layer?.parameters['shift'] ?? ''
  const fits =
    layer?.operator === 'GroupNormalization' &&
    builder.usedOnce(value) &&
    perChannel(shift, value) &&
    isPlain(builder, key, 0)
  if (!fits || builder.parameters[key]?.trainable !== false) return null
  const { shift: _, ...slots } = layer.parameters
  builder.replace({ ...layer, parameters: slots })
  builder.turnInto(value, layer, { shift: { value: vector(shift), trainable: true } })
  return value
}

/** One number for every channel: `[channels, 1, 1]`. */
const perChannel = (operand: Constant, { shape }: LayerValue): boolean =>
  operand.shape[operand.shape.length - shape.length + 1] === shape[1] && elementCount(operand.shape) === shape[1]

function isPlain(builder: GraphBuilder, key: string | undefined, number: number): boolean {
  const parameter = builder.parameters[key ?? '']
  const values = builder.tensors.get(key ?? '')?.data
  return parameter?.trainable === false && values !== undefined && values.every((value) => value === number)
}
