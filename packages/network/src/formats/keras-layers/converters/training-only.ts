import { z } from 'zod'
import { keepOrder } from './activation.js'
import { type LayerConverter, configField, rawInput } from './layer-converter.js'

const dropout: LayerConverter = {
  classNames: ['Dropout', 'SpatialDropout2D'],
  convert: (call) => {
    const input = rawInput(call)
    const { name, className } = call.layer
    if (className !== 'Dropout')
      call.builder.network.note(
        `${name}: ${className} became plain Dropout (the same in evaluation; drops single values instead of whole maps in training)`,
      )
    return keepOrder(
      input,
      call.builder.add({
        name,
        operator: 'Dropout',
        inputs: [input],
        attributes: { ratio: configField(call, 'rate', z.number().min(0).max(1)) },
      }),
    )
  },
}

/** Layers that do nothing in evaluation and have no counterpart here: left out, and said so. */
const leftOut: LayerConverter = {
  classNames: [
    'GaussianNoise',
    'GaussianDropout',
    'AlphaDropout',
    'ActivityRegularization',
    'RandomFlip',
    'RandomRotation',
    'RandomZoom',
    'RandomTranslation',
    'RandomContrast',
    'RandomBrightness',
  ],
  convert: (call) => {
    call.builder.network.note(`${call.layer.name}: ${call.layer.className} left out (it acts in training only)`)
    return rawInput(call)
  },
}

export const trainingOnlyConverters: readonly LayerConverter[] = [dropout, leftOut]
