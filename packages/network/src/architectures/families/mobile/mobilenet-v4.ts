import { defineFamily } from '../../support/define-family.js'
import { addInvertedResidual, convNorm, timmNames } from '../../support/inverted-residual.js'
import type { TorchLayers } from '../../support/torch-layers.js'

/**
 * A full convolution that expands, and a projection; a convolution of kernel, stride and channels; or a universal inverted bottleneck: kernel of the depthwise convolution
 * before, and of that in the middle (0: none), stride, expansion, channels.
 */
type Block =
  | readonly ['fused', kernel: number, stride: number, expansion: number, outputs: number]
  | readonly [kernel: number, stride: number, outputs: number]
  | readonly [before: number, middle: number, stride: number, expansion: number, outputs: number]

interface Sizes {
  readonly stages: readonly (readonly Block[])[]
}

const times = (count: number, block: Block): readonly Block[] => Array.from({ length: count }, () => block)

/** Qin et al. 2024 (arXiv:2404.10518), timm's names. */
export const mobilenetV4 = defineFamily<Sizes, null>({
  title: 'MobileNetV4',
  layouts: { timm: null },
  rows: [
    {
      id: 'mobilenetv4_conv_small',
      title: 'MobileNetV4 Conv Small',
      stages: [
        [
          [3, 2, 32],
          [1, 1, 32],
        ],
        [
          [3, 2, 96],
          [1, 1, 64],
        ],
        [[5, 5, 2, 3, 96], ...times(4, [0, 3, 1, 2, 96]), [3, 0, 1, 4, 96]],
        [[3, 3, 2, 6, 128], [5, 5, 1, 4, 128], [0, 5, 1, 4, 128], [0, 5, 1, 3, 128], ...times(2, [0, 3, 1, 4, 128])],
        [[1, 1, 960]],
      ],
      preprocessing: { interpolation: 'bicubic' },
    },
    {
      id: 'mobilenetv4_conv_medium',
      title: 'MobileNetV4 Conv Medium',
      stages: [
        [['fused', 3, 2, 4, 48]],
        [
          [3, 5, 2, 4, 80],
          [3, 3, 1, 2, 80],
        ],
        [
          [3, 5, 2, 6, 160],
          ...times(2, [3, 3, 1, 4, 160]),
          [3, 5, 1, 4, 160],
          [3, 3, 1, 4, 160],
          [3, 0, 1, 4, 160],
          [0, 0, 1, 2, 160],
          [3, 0, 1, 4, 160],
        ],
        [
          [5, 5, 2, 6, 256],
          [5, 5, 1, 4, 256],
          ...times(2, [3, 5, 1, 4, 256]),
          [0, 0, 1, 4, 256],
          [3, 0, 1, 4, 256],
          [3, 5, 1, 2, 256],
          [5, 5, 1, 4, 256],
          ...times(2, [0, 0, 1, 4, 256]),
          [5, 0, 1, 2, 256],
        ],
        [[1, 1, 960]],
      ],
      inputSize: 256,
      preprocessing: { interpolation: 'bicubic' },
    },
  ],
  build: (layers, { stages }, _, classes) => {
    layers.stage('stem')
    convNorm(layers, ['conv_stem', 'bn1'], 32, 3, { stride: 2 })
    layers.activation('stem.activation', 'relu')
    stages.forEach((blocks, stage) => {
      layers.stage(`stage${stage + 1}`)
      blocks.forEach((block, index) => addBlock(layers, `blocks.${stage}.${index}`, block))
    })
    layers.stage('neck')
    layers.layer('pool', 'GlobalAveragePool')
    convNorm(layers, ['conv_head', 'norm_head'], 1280, 1, {})
    layers.activation('neck.activation', 'relu')
    layers.layer('flatten', 'Flatten', { axis: 1 })
    if (classes === null) return
    layers.stage('head')
    layers.linear('classifier', classes)
  },
})

function addBlock(layers: TorchLayers, name: string, block: Block): void {
  if (block.length === 3) {
    const [kernel, stride, outputs] = block
    convNorm(layers, [`${name}.conv`, `${name}.bn1`], outputs, kernel, { stride })
    layers.activation(`${name}.activation`, 'relu')
    return
  }
  if (block[0] === 'fused') {
    const [, kernel, stride, expansion, outputs] = block
    const sizes = { kind: 'fused', kernel, stride, inner: layers.channels() * expansion, outputs } as const
    addInvertedResidual(layers, name, timmNames(name, true, 'fused'), sizes, { activation: 'relu' })
    return
  }
  const [before, middle, stride, expansion, outputs] = block
  const input = layers.last
  const inputs = layers.channels(input)
  const inner = inputs * expansion
  const step = (part: string, channels: number, kernel: number, options = {}): string =>
    convNorm(layers, [`${name}.${part}.conv`, `${name}.${part}.bn`], channels, kernel, options)
  if (before > 0) step('dw_start', inputs, before, { groups: inputs, stride: middle > 0 ? 1 : stride })
  step('pw_exp', inner, 1)
  layers.activation(`${name}.activation1`, 'relu')
  if (middle > 0) {
    step('dw_mid', inner, middle, { groups: inner, stride })
    layers.activation(`${name}.activation2`, 'relu')
  }
  step('pw_proj', outputs, 1)
  if (stride === 1 && inputs === outputs) layers.addition(`${name}.add`, layers.last, input)
}
