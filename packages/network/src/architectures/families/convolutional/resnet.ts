import { defineFamily, type Row } from '../../support/define-family.js'
import type { TorchLayers } from '../../support/torch-layers.js'

interface Sizes {
  readonly blocks: readonly [number, number, number, number]
  readonly block: 'basic' | 'bottleneck'
  readonly groups?: number
  /** Channels per group at 64 channels. */
  readonly width?: number
  /** The `-d` variants: a stem of three 3x3 convolutions, and an average before the 1x1 of every shortcut. */
  readonly deep?: boolean
}

/** The same names in torchvision and timm; transformers' are its own. */
const torchNames = {
  stem: (index: number, deep: boolean) => (deep ? `conv1.${3 * index}` : 'conv1'),
  stemNorm: (index: number, deep: boolean) => (deep && index < 2 ? `conv1.${3 * index + 1}` : 'bn1'),
  conv: (stage: number, block: number, index: number) => `layer${stage}.${block}.conv${index}`,
  norm: (stage: number, block: number, index: number) => `layer${stage}.${block}.bn${index}`,
  shortcut: (stage: number, deep: boolean) => `layer${stage}.0.downsample.${deep ? 1 : 0}`,
  shortcutNorm: (stage: number, deep: boolean) => `layer${stage}.0.downsample.${deep ? 2 : 1}`,
  head: 'fc',
}

const encoder = (stage: number, block: number): string => `resnet.encoder.stages.${stage - 1}.layers.${block}`
const transformersNames: typeof torchNames = {
  stem: () => 'resnet.embedder.embedder.convolution',
  stemNorm: () => 'resnet.embedder.embedder.normalization',
  conv: (stage, block, index) => `${encoder(stage, block)}.layer.${index - 1}.convolution`,
  norm: (stage, block, index) => `${encoder(stage, block)}.layer.${index - 1}.normalization`,
  shortcut: (stage) => `${encoder(stage, 0)}.shortcut.convolution`,
  shortcutNorm: (stage) => `${encoder(stage, 0)}.shortcut.normalization`,
  head: 'classifier.1',
}

const row = (
  id: string,
  title: string,
  block: Sizes['block'],
  blocks: Sizes['blocks'],
  more: Partial<Row<Sizes>> = {},
): Row<Sizes> => ({
  id,
  title,
  block,
  blocks,
  ...more,
})

/** He et al. 2015 (arXiv:1512.03385), with the stride in the 3x3 convolution; ResNeXt: Xie et al. 2016; `-d`: He et al. 2018. */
export const resnet = defineFamily<Sizes, typeof torchNames>({
  title: 'ResNet',
  layouts: { torchvision: torchNames, transformers: transformersNames },
  rows: [
    row('resnet18', 'ResNet-18', 'basic', [2, 2, 2, 2]),
    row('resnet34', 'ResNet-34', 'basic', [3, 4, 6, 3]),
    row('resnet26', 'ResNet-26', 'bottleneck', [2, 2, 2, 2]),
    row('resnet50', 'ResNet-50', 'bottleneck', [3, 4, 6, 3]),
    row('resnet101', 'ResNet-101', 'bottleneck', [3, 4, 23, 3]),
    row('resnet152', 'ResNet-152', 'bottleneck', [3, 8, 36, 3]),
    row('resnext50_32x4d', 'ResNeXt-50 32x4d', 'bottleneck', [3, 4, 6, 3], { groups: 32, width: 4 }),
    row('resnext101_32x8d', 'ResNeXt-101 32x8d', 'bottleneck', [3, 4, 23, 3], { groups: 32, width: 8 }),
    row('resnext101_64x4d', 'ResNeXt-101 64x4d', 'bottleneck', [3, 4, 23, 3], { groups: 64, width: 4 }),
    row('wide_resnet50_2', 'Wide ResNet-50-2', 'bottleneck', [3, 4, 6, 3], { width: 128 }),
    row('wide_resnet101_2', 'Wide ResNet-101-2', 'bottleneck', [3, 4, 23, 3], { width: 128 }),
    row('resnet18d', 'ResNet-18-D', 'basic', [2, 2, 2, 2], { deep: true, layouts: ['torchvision'] }),
    row('resnet34d', 'ResNet-34-D', 'basic', [3, 4, 6, 3], { deep: true, layouts: ['torchvision'] }),
    row('resnet26d', 'ResNet-26-D', 'bottleneck', [2, 2, 2, 2], { deep: true, layouts: ['torchvision'] }),
    row('resnet50d', 'ResNet-50-D', 'bottleneck', [3, 4, 6, 3], { deep: true, layouts: ['torchvision'] }),
    row('resnet101d', 'ResNet-101-D', 'bottleneck', [3, 4, 23, 3], { deep: true, layouts: ['torchvision'] }),
  ],
  build: (layers, sizes, names, classes) => {
    addStem(layers, sizes, names)
    sizes.blocks.forEach((blocks, index) => {
      const stage = index + 1
      layers.stage(`layer${stage}`)
      for (let block = 0; block < blocks; block++) addBlock(layers, sizes, names, stage, block)
    })
    if (classes === null) return
    layers.stage('head')
    layers.pool()
    layers.linear(names.head, classes)
  },
})

function addStem(layers: TorchLayers, { deep = false }: Sizes, names: typeof torchNames): void {
  layers.stage('stem')
  const convolutions = deep ? [32, 32, 64] : [64]
  convolutions.forEach((channels, index) => {
    layers.conv(names.stem(index, deep), channels, deep ? 3 : 7, { stride: index === 0 ? 2 : 1 })
    layers.batchNorm(names.stemNorm(index, deep))
    layers.activation('relu', 'relu')
  })
  layers.maxPool('maxpool', 3, { stride: 2, padding: 1 })
}

function addBlock(layers: TorchLayers, sizes: Sizes, names: typeof torchNames, stage: number, block: number): void {
  const { block: kind, groups = 1, width = 64, deep = false } = sizes
  const planes = 64 * 2 ** (stage - 1)
  const stride = block === 0 && stage > 1 ? 2 : 1
  const input = layers.last
  const name = (part: string): string => `layer${stage}.${block}.${part}`
  const convNorm = (index: number, channels: number, kernel: number, options = {}): void => {
    layers.conv(names.conv(stage, block, index), channels, kernel, options)
    layers.batchNorm(names.norm(stage, block, index))
  }
  if (kind === 'basic') {
    convNorm(1, planes, 3, { stride })
    layers.activation(name('relu'), 'relu')
    convNorm(2, planes, 3)
  } else {
    const inner = Math.floor((planes * width) / 64) * groups
    convNorm(1, inner, 1)
    layers.activation(name('relu'), 'relu')
    convNorm(2, inner, 3, { stride, groups })
    layers.activation(name('relu'), 'relu')
    convNorm(3, planes * 4, 1)
  }
  const result = layers.last
  const outputs = layers.channels(result)
  const shortcut =
    stride === 1 && layers.channels(input) === outputs
      ? input
      : addShortcut(layers, names, { stage, stride, deep, outputs, input })
  layers.addition(name('add'), result, shortcut)
  layers.activation(name('relu'), 'relu')
}

interface Shortcut {
  readonly stage: number
  readonly stride: number
  readonly deep: boolean
  readonly outputs: number
  readonly input: string
}

function addShortcut(
  layers: TorchLayers,
  names: typeof torchNames,
  { stage, stride, deep, outputs, input }: Shortcut,
): string {
  const averaged = deep && stride > 1
  const from = averaged
    ? layers.averagePool(`layer${stage}.0.downsample.0`, 2, { stride, ceil: true, countPadding: false, from: input })
    : input
  layers.conv(names.shortcut(stage, deep), outputs, 1, { stride: averaged ? 1 : stride, from })
  return layers.batchNorm(names.shortcutNorm(stage, deep))
}
