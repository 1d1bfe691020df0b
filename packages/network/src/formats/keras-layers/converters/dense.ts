import { z } from 'zod'
import type { TensorData } from '../../../network.js'
import type { NewParameter, Value } from '../graph-builder.js'
import { addActivation } from './activation.js'
import { toOihw } from './convolution.js'
import {
  type LayerCall,
  type LayerConverter,
  configField,
  rawInput,
  singleInput,
  transpose,
  unlessOff,
  unsupported,
} from './layer-converter.js'

/** A matrix on the last Keras axis: Gemm on vectors, a 1x1 convolution on maps, MatMul on sequences. */
const dense: LayerConverter = {
  classNames: ['Dense'],
  variables: (layer) => ['kernel', ...unlessOff(layer, 'use_bias', 'bias')],
  convert: (call) => {
    const kernel = call.weight('kernel')
    const bias = configField(call, 'use_bias', z.boolean().default(true)) ? call.weight('bias') : undefined
    return addActivation(call, addMatrix(call, kernel, bias))
  },
}

function addMatrix(call: LayerCall, kernel: TensorData, bias: TensorData | undefined): Value {
  const { builder, layer } = call
  const withBias = bias ? { bias } : {}
  const rank = builder.shapeOf(rawInput(call)).length
  if (rank === 2) {
    const input = rawInput(call)
    return builder.add({
      name: layer.name,
      operator: 'Gemm',
      inputs: [input],
      attributes: { transB: 1 },
      parameters: { weight: toRows(call, kernel, input), ...withBias },
    })
  }
  const input = singleInput(call)
  if (rank === 4) {
    const weight = toOihw({ shape: [1, 1, ...kernel.shape], data: kernel.data })
    return builder.add({
      name: layer.name,
      operator: 'Conv',
      inputs: [input],
      attributes: { kernel_shape: [1, 1] },
      parameters: { weight, ...withBias },
    })
  }
  if (rank !== 3)
    throw unsupported(call, `gets a value with ${rank} axes; 2 to 4 are supported`, 'Flatten the value first')
  const product = builder.add({ name: layer.name, operator: 'MatMul', inputs: [input], parameters: { weight: kernel } })
  return bias
    ? builder.add({ name: `${layer.name}.bias`, operator: 'Add', inputs: [product], parameters: { operand: bias } })
    : product
}

/** `[in, out]` to `[out, in]`, the inputs reordered where the vector is a map flattened channels-first. */
function toRows(call: LayerCall, kernel: TensorData, { flattenedFrom }: Value): NewParameter {
  if (!flattenedFrom) return transpose(kernel, [1, 0])
  const [channels, height, width] = flattenedFrom
  const [inputs, outputs = 1] = kernel.shape
  // Before anything is taken over by such sizes: those of the map are what a description says.
  if (inputs !== channels * height * width)
    throw unsupported(
      call,
      `has weights for ${inputs} inputs and gets ${channels * height * width} (${channels} x ${height} x ${width})`,
      'Check that description and weights are of one model, and save it again',
    )
  const rows = transpose({ shape: [height, width, channels, outputs], data: kernel.data }, [3, 2, 0, 1])
  return { shape: [outputs, inputs], data: rows.data }
}

export const denseConverters: readonly LayerConverter[] = [dense]
