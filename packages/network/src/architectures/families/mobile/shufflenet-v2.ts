import { defineFamily } from '../../support/define-family.js'
import { convNorm } from '../../support/inverted-residual.js'
import type { TorchLayers } from '../../support/torch-layers.js'

interface Sizes {
  /** Of the three stages, and of the last convolution. */
  readonly channels: readonly [number, number, number, number]
}

const blocks = [4, 8, 4]

/** Ma et al. 2018 (arXiv:1807.11164), torchvision's names. */
export const shufflenetV2 = defineFamily<Sizes, null>({
  title: 'ShuffleNetV2',
  layouts: { torchvision: null },
  rows: [
    { id: 'shufflenet_v2_x0_5', title: 'ShuffleNetV2 0.5', channels: [48, 96, 192, 1024] },
    { id: 'shufflenet_v2_x1_0', title: 'ShuffleNetV2 1.0', channels: [116, 232, 464, 1024] },
    { id: 'shufflenet_v2_x1_5', title: 'ShuffleNetV2 1.5', channels: [176, 352, 704, 1024] },
    { id: 'shufflenet_v2_x2_0', title: 'ShuffleNetV2 2.0', channels: [244, 488, 976, 2048] },
  ],
  build: (layers, { channels }, _, classes) => {
    layers.stage('stem')
    convNorm(layers, ['conv1.0', 'conv1.1'], 24, 3, { stride: 2 })
    layers.activation('conv1.2', 'relu')
    layers.maxPool('maxpool', 3, { stride: 2, padding: 1 })
    blocks.forEach((count, index) => {
      const stage = `stage${index + 2}`
      layers.stage(stage)
      for (let block = 0; block < count; block++)
        addUnit(layers, `${stage}.${block}`, channels[index] ?? 0, block === 0)
    })
    layers.stage('conv5')
    convNorm(layers, ['conv5.0', 'conv5.1'], channels[3], 1, {})
    layers.activation('conv5.2', 'relu')
    if (classes === null) return
    layers.stage('head')
    layers.pool()
    layers.linear('fc', classes)
  },
})

/** Half of the channels goes past (or, where the map gets smaller, through a branch of its own); then they are mixed. */
function addUnit(layers: TorchLayers, name: string, channels: number, downsamples: boolean): void {
  const half = channels / 2
  const input = layers.last
  const left = downsamples
    ? addShortBranch(layers, name, half, input)
    : layers.slice(`${name}.left`, 1, [0, half], input)
  const from = downsamples ? input : layers.slice(`${name}.right`, 1, [half, channels], input)
  const part = (index: number): string => `${name}.branch2.${index}`
  layers.conv(part(0), half, 1, { from })
  layers.batchNorm(part(1))
  layers.activation(part(2), 'relu')
  convNorm(layers, [part(3), part(4)], half, 3, { stride: downsamples ? 2 : 1, groups: half })
  convNorm(layers, [part(5), part(6)], half, 1, {})
  layers.concat(`${name}.concat`, [left, layers.activation(part(7), 'relu')])
  const [, height = 0, width = 0] = layers.shape()
  layers.reshape(`${name}.groups`, [2, half, height, width])
  layers.transpose(`${name}.shuffle`, [0, 2, 1, 3, 4])
  layers.reshape(`${name}.shuffled`, [channels, height, width])
}

function addShortBranch(layers: TorchLayers, name: string, half: number, from: string): string {
  const part = (index: number): string => `${name}.branch1.${index}`
  layers.conv(part(0), layers.channels(from), 3, { stride: 2, groups: layers.channels(from), from })
  layers.batchNorm(part(1))
  convNorm(layers, [part(2), part(3)], half, 1, {})
  return layers.activation(part(4), 'relu')
}
