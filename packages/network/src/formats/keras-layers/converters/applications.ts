import { z } from 'zod'
import {
  type LayerCall,
  type LayerConverter,
  configField,
  rawInput,
  singleInput,
  unsupported,
} from './layer-converter.js'

// Layers that keras.applications brings along.

/** ConvNeXt's: every channel times a learned number. */
const layerScale: LayerConverter = {
  classNames: ['LayerScale'],
  variables: () => ['gamma'],
  convert: (call) => {
    const input = singleInput(call)
    const gamma = call.weight('gamma', 'variable')
    const isMap = call.builder.shapeOf(input).length === 4
    return call.builder.add({
      name: call.layer.name,
      operator: 'Mul',
      inputs: [input],
      parameters: { operand: isMap ? { shape: [gamma.data.length, 1, 1], data: gamma.data } : gamma },
    })
  },
}

/** ConvNeXt's: drops whole branches in training, does nothing else. */
const stochasticDepth: LayerConverter = {
  classNames: ['StochasticDepth'],
  convert: (call) => {
    call.builder.network.note(`${call.layer.name}: StochasticDepth left out (it acts in training only)`)
    return rawInput(call)
  },
}

/** Inception-ResNet's: the first value and a share of the second. */
const customScale: LayerConverter = {
  classNames: ['CustomScaleLayer'],
  convert: (call) => {
    const { builder, layer } = call
    const [first, second, ...others] = call.inputs.map((value) => builder.inKerasOrder(value))
    if (!first || !second || others.length > 0) throw wrongInputs(call)
    const share = Float32Array.of(configField(call, 'scale', z.number()))
    const scaled = builder.add({
      name: `${layer.name}.scale`,
      operator: 'Mul',
      inputs: [second],
      parameters: { constant: { shape: [1], data: share } },
    })
    return builder.add({ name: layer.name, operator: 'Add', inputs: [first, scaled] })
  },
}

const wrongInputs = (call: LayerCall): Error =>
  unsupported(call, `has ${call.inputs.length} inputs; two are expected`, 'Check the model')

export const applicationConverters: readonly LayerConverter[] = [layerScale, stochasticDepth, customScale]
