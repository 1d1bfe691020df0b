import { z } from 'zod'
import type { Value } from '../graph-builder.js'
import {
  type LayerCall,
  type LayerConverter,
  configField,
  pair,
  requireChannelsLast,
  singleInput,
} from './layer-converter.js'
import { explicitPads } from './padding.js'

function windowed(className: string, operator: string): LayerConverter {
  return {
    classNames: [className],
    convert: (call) => {
      requireChannelsLast(call)
      const input = singleInput(call)
      const [, , ...size] = call.builder.shapeOf(input)
      const kernel = configField(call, 'pool_size', pair.default([2, 2]))
      const strides = configField(call, 'strides', pair.default(kernel))
      const pads = explicitPads(call, size, kernel, strides, [1, 1])
      return call.builder.add({
        name: call.layer.name,
        operator,
        inputs: [input],
        attributes: { kernel_shape: kernel, strides, pads },
      })
    },
  }
}

/** A vector, or a 1x1 map with `keepdims`. */
function global(classNames: readonly string[], operator: string): LayerConverter {
  return {
    classNames,
    convert: (call) => {
      requireChannelsLast(call)
      const pooled = call.builder.add({ name: call.layer.name, operator, inputs: [singleInput(call)] })
      return configField(call, 'keepdims', z.boolean().default(false)) ? pooled : flatten(call, pooled)
    },
  }
}

const flatten = (call: LayerCall, value: Value): Value =>
  call.builder.add({
    name: `${call.layer.name}.flatten`,
    operator: 'Flatten',
    inputs: [value],
    attributes: { axis: 1 },
  })

export const poolingConverters: readonly LayerConverter[] = [
  windowed('MaxPooling2D', 'MaxPool'),
  windowed('AveragePooling2D', 'AveragePool'),
  global(['GlobalAveragePooling2D'], 'GlobalAveragePool'),
  global(['GlobalMaxPooling2D'], 'GlobalMaxPool'),
]
