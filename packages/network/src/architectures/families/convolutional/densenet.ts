import { defineFamily } from '../../support/define-family.js'
import type { TorchLayers } from '../../support/torch-layers.js'

interface Sizes {
  readonly growth: number
  readonly blocks: readonly number[]
  readonly stem: number
}

/** Names of the parts of a dense layer; files of 2017 have a dot more. */
type Names = (layer: string, part: 'norm1' | 'conv1' | 'norm2' | 'conv2') => string

/** Huang et al. 2016 (arXiv:1608.06993). The same names in torchvision and timm. */
export const densenet = defineFamily<Sizes, Names>({
  title: 'DenseNet',
  layouts: {
    torchvision: (layer, part) => `${layer}.${part}`,
    'old torchvision': (layer, part) => `${layer}.${part.slice(0, -1)}.${part.slice(-1)}`,
  },
  rows: [
    { id: 'densenet121', title: 'DenseNet-121', growth: 32, blocks: [6, 12, 24, 16], stem: 64 },
    { id: 'densenet161', title: 'DenseNet-161', growth: 48, blocks: [6, 12, 36, 24], stem: 96 },
    { id: 'densenet169', title: 'DenseNet-169', growth: 32, blocks: [6, 12, 32, 32], stem: 64 },
    { id: 'densenet201', title: 'DenseNet-201', growth: 32, blocks: [6, 12, 48, 32], stem: 64 },
  ],
  build: (layers, { growth, blocks, stem }, names, classes) => {
    layers.stage('stem')
    layers.conv('features.conv0', stem, 7, { stride: 2 })
    layers.batchNorm('features.norm0')
    layers.activation('features.relu0', 'relu')
    layers.maxPool('features.pool0', 3, { stride: 2, padding: 1 })
    blocks.forEach((count, index) => {
      layers.stage(`denseblock${index + 1}`)
      for (let layer = 1; layer <= count; layer++)
        addDenseLayer(layers, `features.denseblock${index + 1}.denselayer${layer}`, growth, names)
      if (index < blocks.length - 1) addTransition(layers, `features.transition${index + 1}`)
    })
    layers.batchNorm('features.norm5')
    layers.activation('relu', 'relu')
    if (classes === null) return
    layers.stage('head')
    layers.pool()
    layers.linear('classifier', classes)
  },
})

function addDenseLayer(layers: TorchLayers, name: string, growth: number, names: Names): void {
  const input = layers.last
  layers.batchNorm(names(name, 'norm1'))
  layers.activation(`${name}.relu1`, 'relu')
  layers.conv(names(name, 'conv1'), 4 * growth, 1)
  layers.batchNorm(names(name, 'norm2'))
  layers.activation(`${name}.relu2`, 'relu')
  layers.concat(`${name}.concat`, [input, layers.conv(names(name, 'conv2'), growth, 3)])
}

function addTransition(layers: TorchLayers, name: string): void {
  layers.batchNorm(`${name}.norm`)
  layers.activation(`${name}.relu`, 'relu')
  layers.conv(`${name}.conv`, layers.channels() / 2, 1)
  layers.averagePool(`${name}.pool`, 2, { stride: 2 })
}
