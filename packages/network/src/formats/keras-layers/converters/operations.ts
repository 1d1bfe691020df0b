import { z } from 'zod'
import { configField, type LayerConverter, rawInput } from './layer-converter.js'
import { keepOrder } from './activation.js'

/** `keras.ops.gelu(x)` among layers; Keras's layer of that name knows no approximation. */
const gelu: LayerConverter = {
  classNames: ['Gelu'],
  convert: (call) => {
    const input = rawInput(call)
    const attributes = { approximate: configField(call, 'approximate', z.boolean().default(true)) ? 'tanh' : 'none' }
    return keepOrder(input, call.builder.add({ name: call.layer.name, operator: 'Gelu', inputs: [input], attributes }))
  },
}

/** `keras.ops.clip(x, -1, 1)`. */
const clip: LayerConverter = {
  classNames: ['Clip'],
  convert: (call) => {
    const input = rawInput(call)
    const attributes = { min: configField(call, 'x_min', z.number()), max: configField(call, 'x_max', z.number()) }
    return keepOrder(input, call.builder.add({ name: call.layer.name, operator: 'Clip', inputs: [input], attributes }))
  },
}

/** `keras.ops.log(x)`. */
const log: LayerConverter = {
  classNames: ['Log'],
  convert: (call) => {
    const input = rawInput(call)
    return keepOrder(input, call.builder.add({ name: call.layer.name, operator: 'Log', inputs: [input] }))
  },
}

/** Functions of `keras.ops`, which Keras 3 writes among the layers. */
export const operationConverters: readonly LayerConverter[] = [gelu, clip, log]
