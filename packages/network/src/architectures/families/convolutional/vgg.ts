import { NetworkError } from '../../../network-error.js'
import { defineFamily, type Row } from '../../support/define-family.js'

interface Sizes {
  /** Convolutions of the five stages. */
  readonly convolutions: readonly number[]
  readonly normalised: boolean
}

interface Names {
  readonly hidden: readonly [string, string]
  readonly head: string
}

const channels = [64, 128, 256, 512, 512]

const rows = (
  [
    ['11', [1, 1, 2, 2, 2]],
    ['13', [2, 2, 2, 2, 2]],
    ['16', [2, 2, 3, 3, 3]],
    ['19', [2, 2, 4, 4, 4]],
  ] as const
).flatMap(([depth, convolutions]): Row<Sizes>[] => [
  { id: `vgg${depth}`, title: `VGG-${depth}`, convolutions, normalised: false },
  { id: `vgg${depth}_bn`, title: `VGG-${depth} with batch normalisation`, convolutions, normalised: true },
])

/** Simonyan and Zisserman 2014 (arXiv:1409.1556). For images of a multiple of 224 pixels. */
export const vgg = defineFamily<Sizes, Names>({
  title: 'VGG',
  layouts: {
    torchvision: { hidden: ['classifier.0', 'classifier.3'], head: 'classifier.6' },
    timm: { hidden: ['pre_logits.fc1', 'pre_logits.fc2'], head: 'head.fc' },
  },
  rows,
  // timm's are convolutions.
  storedShape: (key, shape, _, layout) => {
    const [outputs = 0, inputs = 0] = shape
    if (layout !== 'timm' || !/^classifier\.[03]\.weight$/.test(key)) return shape
    return key.startsWith('classifier.0') ? [outputs, inputs / 49, 7, 7] : [outputs, inputs, 1, 1]
  },
  build: (layers, { convolutions, normalised }, names, classes) => {
    let index = 0
    convolutions.forEach((count, stage) => {
      layers.stage(`stage${stage + 1}`)
      for (let convolution = 0; convolution < count; convolution++) {
        layers.conv(`features.${index++}`, channels[stage] ?? 512, 3, { bias: true })
        if (normalised) layers.batchNorm(`features.${index++}`)
        layers.activation(`features.${index++}`, 'relu')
      }
      layers.maxPool(`features.${index++}`, 2, { stride: 2 })
    })
    layers.stage('neck')
    const [, height = 0, width = 0] = layers.shape()
    if (height % 7 !== 0 || height !== width || height === 0)
      throw new NetworkError(
        `The classifier of a VGG takes maps of 7x7; images of this size give ${height}x${width}.`,
        'Use images of 224 pixels, or a multiple of that.',
      )
    if (height > 7) layers.averagePool('avgpool', height / 7, { stride: height / 7 })
    layers.layer('flatten', 'Flatten', { axis: 1 })
    names.hidden.forEach((name, hidden) => {
      layers.linear(name, 4096)
      layers.activation(`neck.activation${hidden + 1}`, 'relu')
      layers.dropout(`neck.dropout${hidden + 1}`, 0.5)
    })
    if (classes === null) return
    layers.stage('head')
    layers.linear(names.head, classes)
  },
})
