import { defineFamily } from '../../support/define-family.js'
import {
  addInvertedResidual,
  type BlockNames,
  convNorm,
  makeDivisible,
  timmNames,
} from '../../support/inverted-residual.js'

interface Sizes {
  /** Factor of all channels. */
  readonly width: number
}

interface Names {
  readonly stem: readonly [string, string]
  block(place: { stage: number; block: number; index: number; expands: boolean }): BlockNames
  readonly last: readonly [string, string]
  readonly head: string
}

/** Expansion, channels, blocks and stride of the stages. */
const stages = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const

const torchvision: Names = {
  stem: ['features.0.0', 'features.0.1'],
  block: ({ index, expands }) => {
    const part = `features.${index}.conv`
    const at = expands ? 1 : 0
    return {
      expand: `${part}.0.0`,
      expandNorm: `${part}.0.1`,
      depthwise: `${part}.${at}.0`,
      depthwiseNorm: `${part}.${at}.1`,
      reduce: '',
      restore: '',
      project: `${part}.${at + 1}`,
      projectNorm: `${part}.${at + 2}`,
    }
  },
  last: ['features.18.0', 'features.18.1'],
  head: 'classifier.1',
}

const timm: Names = {
  stem: ['conv_stem', 'bn1'],
  block: ({ stage, block, expands }) => timmNames(`blocks.${stage}.${block}`, expands),
  last: ['conv_head', 'bn2'],
  head: 'classifier',
}

/** Sandler et al. 2018 (arXiv:1801.04381). */
export const mobilenetV2 = defineFamily<Sizes, Names>({
  title: 'MobileNetV2',
  layouts: { torchvision, timm },
  rows: [
    { id: 'mobilenet_v2', title: 'MobileNetV2', aliases: ['mobilenetv2_100'], width: 1 },
    { id: 'mobilenetv2_050', title: 'MobileNetV2 0.5', width: 0.5, layouts: ['timm'] },
    { id: 'mobilenetv2_140', title: 'MobileNetV2 1.4', width: 1.4, layouts: ['timm'] },
  ],
  build: (layers, { width }, names, classes) => {
    const style = { activation: 'relu6' } as const
    layers.stage('stem')
    convNorm(layers, names.stem, makeDivisible(32 * width), 3, { stride: 2 })
    layers.activation('stem.activation', 'relu6')
    let index = 0
    stages.forEach(([expansion, channels, blocks, stride], stage) => {
      layers.stage(`stage${stage + 1}`)
      for (let block = 0; block < blocks; block++) {
        index++
        const inner = layers.channels() * expansion
        addInvertedResidual(
          layers,
          `stage${stage + 1}.${block}`,
          names.block({ stage, block, index, expands: expansion > 1 }),
          { kernel: 3, stride: block === 0 ? stride : 1, inner, outputs: makeDivisible(channels * width) },
          style,
        )
      }
    })
    layers.stage('last')
    convNorm(layers, names.last, Math.max(1280, makeDivisible(1280 * width)), 1, {})
    layers.activation('last.activation', 'relu6')
    if (classes === null) return
    layers.stage('head')
    layers.pool()
    layers.dropout('head.dropout', 0.2)
    layers.linear(names.head, classes)
  },
})
