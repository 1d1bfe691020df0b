import { defineFamily } from '../../support/define-family.js'

/** A pooling, or a fire module's channels: squeezed, and of each of its two expansions. */
type Part = 'pool' | readonly [squeezed: number, expanded: number]

interface Sizes {
  readonly stem: readonly [channels: number, kernel: number]
  /** `features.2` and further. */
  readonly parts: readonly Part[]
}

/** Iandola et al. 2016 (arXiv:1602.07360). Its classifier is a convolution. */
export const squeezenet = defineFamily<Sizes, null>({
  title: 'SqueezeNet',
  layouts: { torchvision: null },
  // Its ReLU before the average cuts nothing off as long as all classes get so much more.
  linearHead: { modules: ['classifier.1'], above: 64 },
  rows: [
    {
      id: 'squeezenet1_0',
      title: 'SqueezeNet 1.0',
      stem: [96, 7],
      parts: [
        'pool',
        [16, 64],
        [16, 64],
        [32, 128],
        'pool',
        [32, 128],
        [48, 192],
        [48, 192],
        [64, 256],
        'pool',
        [64, 256],
      ],
    },
    {
      id: 'squeezenet1_1',
      title: 'SqueezeNet 1.1',
      stem: [64, 3],
      parts: [
        'pool',
        [16, 64],
        [16, 64],
        'pool',
        [32, 128],
        [32, 128],
        'pool',
        [48, 192],
        [48, 192],
        [64, 256],
        [64, 256],
      ],
    },
  ],
  build: (layers, { stem: [channels, kernel], parts }, _, classes) => {
    layers.stage('stem')
    layers.conv('features.0', channels, kernel, { stride: 2, padding: 0, bias: true })
    layers.activation('features.1', 'relu')
    let stage = 0
    parts.forEach((part, index) => {
      const name = `features.${index + 2}`
      if (part === 'pool') {
        layers.maxPool(name, 3, { stride: 2, ceil: true })
        layers.stage(`stage${++stage}`)
        return
      }
      const [squeezed, expanded] = part
      layers.conv(`${name}.squeeze`, squeezed, 1, { bias: true })
      const from = layers.activation(`${name}.squeeze_activation`, 'relu')
      layers.conv(`${name}.expand1x1`, expanded, 1, { bias: true, from })
      const left = layers.activation(`${name}.expand1x1_activation`, 'relu')
      layers.conv(`${name}.expand3x3`, expanded, 3, { bias: true, from })
      layers.concat(`${name}.concat`, [left, layers.activation(`${name}.expand3x3_activation`, 'relu')])
    })
    if (classes === null) return
    layers.stage('head')
    layers.dropout('classifier.0', 0.5)
    layers.conv('classifier.1', classes, 1, { bias: true })
    layers.activation('classifier.2', 'relu')
    layers.pool()
  },
})
