import { defineFamily, type Row } from '../../support/define-family.js'
import {
  addInvertedResidual,
  type BlockNames,
  type BlockSizes,
  convNorm,
  makeDivisible,
  timmNames,
  torchvisionNames,
} from '../../support/inverted-residual.js'

/** What blocks are, expansion, kernel, stride, channels, blocks. */
type Stage = readonly [
  kind: 'separable' | 'fused' | 'plain',
  expansion: number,
  kernel: number,
  stride: number,
  channels: number,
  blocks: number,
]

interface Sizes {
  readonly stages: readonly Stage[]
  readonly stem: number
  readonly width: number
  readonly depth: number
  readonly dropout: number
  readonly epsilon: number
  /** TensorFlow's padding. */
  readonly same?: boolean
  /** Without squeeze-and-excitation, with ReLU6, and first and last stage in their size. */
  readonly lite?: boolean
}

interface Names {
  readonly stem: readonly [string, string]
  block(place: {
    stage: number
    block: number
    expands: boolean
    squeezes: boolean
    kind: BlockSizes['kind']
  }): BlockNames
  last(stages: number): readonly [string, string]
  readonly head: string
}

const torchvision: Names = {
  stem: ['features.0.0', 'features.0.1'],
  block: ({ stage, block, expands, squeezes, kind }) => {
    const prefix = `features.${stage + 1}.${block}.block`
    const names = torchvisionNames(prefix, { expands, squeezes })
    if (kind === 'plain') return { ...names, project: `${prefix}.0.0`, projectNorm: `${prefix}.0.1` }
    return kind === 'fused' ? { ...names, project: `${prefix}.1.0`, projectNorm: `${prefix}.1.1` } : names
  },
  last: (stages) => [`features.${stages + 1}.0`, `features.${stages + 1}.1`],
  head: 'classifier.1',
}

const timm: Names = {
  stem: ['conv_stem', 'bn1'],
  block: ({ stage, block, expands, kind }) => timmNames(`blocks.${stage}.${block}`, expands, kind),
  last: () => ['conv_head', 'bn2'],
  head: 'classifier',
}

const first: readonly Stage[] = [
  ['separable', 1, 3, 1, 16, 1],
  ['separable', 6, 3, 2, 24, 2],
  ['separable', 6, 5, 2, 40, 2],
  ['separable', 6, 3, 2, 80, 3],
  ['separable', 6, 5, 1, 112, 3],
  ['separable', 6, 5, 2, 192, 4],
  ['separable', 6, 3, 1, 320, 1],
]
const secondSmall: readonly Stage[] = [
  ['plain', 1, 3, 1, 24, 2],
  ['fused', 4, 3, 2, 48, 4],
  ['fused', 4, 3, 2, 64, 4],
  ['separable', 4, 3, 2, 128, 6],
  ['separable', 6, 3, 1, 160, 9],
  ['separable', 6, 3, 2, 256, 15],
]

/** Factors of channels and depth, dropout, and torchvision's size of images. */
const scales = [
  [1, 1, 0.2, 224],
  [1, 1.1, 0.2, 240],
  [1.1, 1.2, 0.3, 288],
  [1.2, 1.4, 0.3, 300],
  [1.4, 1.8, 0.4, 380],
] as const
/** Google's sizes where they differ. */
const googleSizes = [224, 240, 260, 300, 380] as const
const bicubic = { interpolation: 'bicubic' } as const
const ofGoogle = { epsilon: 1e-3, same: true, layouts: ['timm'] } as const

const usual = scales.map(
  ([width, depth, dropout, inputSize], index): Row<Sizes> => ({
    id: `efficientnet_b${index}`,
    title: `EfficientNet-B${index}`,
    inputSize,
    preprocessing: bicubic,
    ...{ stages: first, stem: 32, width, depth, dropout, epsilon: 1e-5 },
  }),
)
const google = usual.map(
  (row, index): Row<Sizes> => ({
    ...row,
    ...ofGoogle,
    id: `tf_${row.id}`,
    title: `${row.title} (TensorFlow's weights)`,
    inputSize: googleSizes[index] ?? 224,
  }),
)
const small: Row<Sizes> = {
  id: 'efficientnet_v2_s',
  title: 'EfficientNetV2-S',
  inputSize: 384,
  ...{ stages: secondSmall, stem: 24, width: 1, depth: 1, dropout: 0.2, epsilon: 1e-3 },
  preprocessing: { cropFraction: 1 },
  layouts: ['torchvision'],
}
const lite: Row<Sizes> = {
  id: 'efficientnet_lite0',
  title: 'EfficientNet-Lite0',
  preprocessing: bicubic,
  ...{ stages: first, stem: 32, width: 1, depth: 1, dropout: 0.2, epsilon: 1e-5, lite: true },
  layouts: ['timm'],
}

/** Tan and Le 2019 (arXiv:1905.11946) and 2021 (V2, arXiv:2104.00298). */
export const efficientnet = defineFamily<Sizes, Names>({
  title: 'EfficientNet',
  layouts: { torchvision, timm },
  rows: [
    ...usual,
    small,
    ...google,
    {
      ...small,
      ...ofGoogle,
      id: 'tf_efficientnetv2_s',
      title: "EfficientNetV2-S (TensorFlow's weights)",
      preprocessing: { cropFraction: 1, ...bicubic, mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] },
    },
    lite,
    { ...lite, ...ofGoogle, id: 'tf_efficientnet_lite0', title: "EfficientNet-Lite0 (TensorFlow's weights)" },
  ],
  build: (layers, sizes, names, classes) => {
    const { stages, stem, width, depth, dropout, epsilon, same = false, lite: isLite = false } = sizes
    const activation = isLite ? 'relu6' : 'silu'
    const style = { activation, epsilon, same, squeezeActivation: 'silu' } as const
    const scaled = (channels: number): number => makeDivisible(channels * width)
    layers.stage('stem')
    convNorm(layers, names.stem, isLite ? stem : scaled(stem), 3, { stride: 2 }, style)
    layers.activation('stem.activation', activation)
    stages.forEach(([kind, expansion, kernel, stride, channels, count], stage) => {
      layers.stage(`stage${stage + 1}`)
      for (let block = 0; block < Math.ceil(count * depth); block++) {
        const inputs = layers.channels()
        const squeezes = kind === 'separable' && !isLite
        const expands = expansion > 1
        addInvertedResidual(
          layers,
          `stage${stage + 1}.${block}`,
          names.block({ stage, block, expands, squeezes, kind }),
          {
            kind,
            kernel,
            stride: block === 0 ? stride : 1,
            inner: makeDivisible(inputs * expansion),
            outputs: scaled(channels),
            squeezed: squeezes ? Math.max(1, Math.floor(inputs / 4)) : 0,
          },
          style,
        )
      }
    })
    layers.stage('last')
    convNorm(layers, names.last(stages.length), isLite ? 1280 : Math.max(1280, scaled(1280)), 1, {}, style)
    layers.activation('last.activation', activation)
    if (classes === null) return
    layers.stage('head')
    layers.pool()
    layers.dropout('head.dropout', dropout)
    layers.linear(names.head, classes)
  },
})
