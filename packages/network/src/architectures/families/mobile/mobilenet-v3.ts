import { defineFamily } from '../../support/define-family.js'
import {
  addInvertedResidual,
  type BlockNames,
  convNorm,
  makeDivisible,
  timmNames,
  torchvisionNames,
} from '../../support/inverted-residual.js'

/** Kernel, channels inside, channels, squeeze-and-excitation, activation, stride. */
type Block = readonly [
  kernel: number,
  inner: number,
  outputs: number,
  squeezes: boolean,
  activation: 'relu' | 'hardswish',
  stride: number,
]

interface Sizes {
  readonly stages: readonly (readonly Block[])[]
  readonly last: number
  readonly hidden: number
  readonly epsilon: number
  /** Of the newest batch in the running statistics. */
  readonly share: number
}

interface Names {
  readonly stem: readonly [string, string]
  block(place: { stage: number; block: number; index: number; expands: boolean; squeezes: boolean }): BlockNames
  last(stages: number, index: number): readonly [string, string]
  readonly hidden: string
  readonly head: string
  /** The hidden layer is a 1x1 convolution over the pooled map. */
  readonly hiddenIsConv: boolean
}

const large: Sizes['stages'] = [
  [[3, 16, 16, false, 'relu', 1]],
  [
    [3, 64, 24, false, 'relu', 2],
    [3, 72, 24, false, 'relu', 1],
  ],
  [
    [5, 72, 40, true, 'relu', 2],
    [5, 120, 40, true, 'relu', 1],
    [5, 120, 40, true, 'relu', 1],
  ],
  [
    [3, 240, 80, false, 'hardswish', 2],
    [3, 200, 80, false, 'hardswish', 1],
    [3, 184, 80, false, 'hardswish', 1],
    [3, 184, 80, false, 'hardswish', 1],
  ],
  [
    [3, 480, 112, true, 'hardswish', 1],
    [3, 672, 112, true, 'hardswish', 1],
  ],
  [
    [5, 672, 160, true, 'hardswish', 2],
    [5, 960, 160, true, 'hardswish', 1],
    [5, 960, 160, true, 'hardswish', 1],
  ],
]

const small: Sizes['stages'] = [
  [[3, 16, 16, true, 'relu', 2]],
  [
    [3, 72, 24, false, 'relu', 2],
    [3, 88, 24, false, 'relu', 1],
  ],
  [
    [5, 96, 40, true, 'hardswish', 2],
    [5, 240, 40, true, 'hardswish', 1],
    [5, 240, 40, true, 'hardswish', 1],
  ],
  [
    [5, 120, 48, true, 'hardswish', 1],
    [5, 144, 48, true, 'hardswish', 1],
  ],
  [
    [5, 288, 96, true, 'hardswish', 2],
    [5, 576, 96, true, 'hardswish', 1],
    [5, 576, 96, true, 'hardswish', 1],
  ],
]

const torchvision: Names = {
  stem: ['features.0.0', 'features.0.1'],
  block: ({ index, expands, squeezes }) => torchvisionNames(`features.${index}.block`, { expands, squeezes }),
  last: (_, index) => [`features.${index}.0`, `features.${index}.1`],
  hidden: 'classifier.0',
  head: 'classifier.3',
  hiddenIsConv: false,
}

const timm: Names = {
  stem: ['conv_stem', 'bn1'],
  block: ({ stage, block, expands }) => timmNames(`blocks.${stage}.${block}`, expands),
  last: (stages) => [`blocks.${stages}.0.conv`, `blocks.${stages}.0.bn1`],
  hidden: 'conv_head',
  head: 'classifier',
  hiddenIsConv: true,
}

/** Howard et al. 2019 (arXiv:1905.02244). Epsilon and share differ: 1e-3 and 0.01 in torchvision, PyTorch's own in timm. */
export const mobilenetV3 = defineFamily<Sizes, Names>({
  title: 'MobileNetV3',
  layouts: { torchvision, timm },
  rows: [
    {
      id: 'mobilenet_v3_large',
      title: 'MobileNetV3 Large',
      stages: large,
      last: 960,
      hidden: 1280,
      epsilon: 1e-3,
      share: 0.01,
      layouts: ['torchvision'],
    },
    {
      id: 'mobilenet_v3_small',
      title: 'MobileNetV3 Small',
      stages: small,
      last: 576,
      hidden: 1024,
      epsilon: 1e-3,
      share: 0.01,
      layouts: ['torchvision'],
    },
    {
      id: 'mobilenetv3_large_100',
      title: 'MobileNetV3 Large (timm)',
      stages: large,
      last: 960,
      hidden: 1280,
      epsilon: 1e-5,
      share: 0.1,
      layouts: ['timm'],
    },
    {
      id: 'mobilenetv3_small_100',
      title: 'MobileNetV3 Small (timm)',
      stages: small,
      last: 576,
      hidden: 1024,
      epsilon: 1e-5,
      share: 0.1,
      layouts: ['timm'],
    },
  ],
  build: (layers, { stages, last, hidden, epsilon, share }, names, classes) => {
    layers.stage('stem')
    convNorm(layers, names.stem, 16, 3, { stride: 2 }, { epsilon, share })
    layers.activation('stem.activation', 'hardswish')
    let index = 0
    stages.forEach((blocks, stage) => {
      layers.stage(`stage${stage + 1}`)
      blocks.forEach(([kernel, inner, outputs, squeezes, activation, stride], block) => {
        index++
        const expands = inner !== layers.channels()
        addInvertedResidual(
          layers,
          `stage${stage + 1}.${block}`,
          names.block({ stage, block, index, expands, squeezes }),
          { kernel, stride, inner, outputs, squeezed: squeezes ? makeDivisible(Math.floor(inner / 4)) : 0 },
          { activation, epsilon, share, gate: 'hardsigmoid' },
        )
      })
    })
    layers.stage('last')
    convNorm(layers, names.last(stages.length, index + 1), last, 1, {}, { epsilon, share })
    layers.activation('last.activation', 'hardswish')
    layers.stage('neck')
    if (names.hiddenIsConv) {
      layers.layer('pool', 'GlobalAveragePool')
      layers.conv(names.hidden, hidden, 1, { bias: true })
      layers.layer('flatten', 'Flatten', { axis: 1 })
    } else {
      layers.pool()
      layers.linear(names.hidden, hidden)
    }
    layers.activation('neck.activation', 'hardswish')
    if (classes === null) return
    layers.stage('head')
    layers.dropout('head.dropout', 0.2)
    layers.linear(names.head, classes)
  },
})
