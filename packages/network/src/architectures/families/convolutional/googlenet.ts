import { defineFamily } from '../../support/define-family.js'
import type { TorchLayers } from '../../support/torch-layers.js'
import { addSteps } from './inception.js'

/** Channels: 1x1; reduced and 3x3; reduced and the second 3x3; behind the pooling. */
type Block = readonly [number, number, number, number, number, number]

const stages: readonly (readonly [stage: string, blocks: Readonly<Record<string, Block>>])[] = [
  ['inception3', { inception3a: [64, 96, 128, 16, 32, 32], inception3b: [128, 128, 192, 32, 96, 64] }],
  [
    'inception4',
    {
      inception4a: [192, 96, 208, 16, 48, 64],
      inception4b: [160, 112, 224, 24, 64, 64],
      inception4c: [128, 128, 256, 24, 64, 64],
      inception4d: [112, 144, 288, 32, 64, 64],
      inception4e: [256, 160, 320, 32, 128, 128],
    },
  ],
  ['inception5', { inception5a: [256, 160, 320, 32, 128, 128], inception5b: [384, 192, 384, 48, 128, 128] }],
]

/** Szegedy et al. 2014 (arXiv:1409.4842) as torchvision has it: normalised, 3x3 for 5x5. Auxiliary classifiers are left out. */
export const googlenet = defineFamily<object, null>({
  title: 'GoogLeNet',
  layouts: { torchvision: null },
  ignored: /^aux[12]\./,
  rows: [
    {
      id: 'googlenet',
      title: 'GoogLeNet',
      // torchvision's pre-trained one scales its input from ImageNet's statistics to this.
      preprocessing: { mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] },
    },
  ],
  build: (layers, _, __, classes) => {
    layers.stage('stem')
    addSteps(layers, '', [['conv1', 64, 7, { stride: 2 }]])
    layers.maxPool('maxpool1', 3, { stride: 2, ceil: true })
    addSteps(layers, '', [
      ['conv2', 64, 1],
      ['conv3', 192, 3],
    ])
    layers.maxPool('maxpool2', 3, { stride: 2, ceil: true })
    stages.forEach(([stage, blocks], index) => {
      if (index > 0) layers.maxPool(`maxpool${index + 2}`, index === 1 ? 3 : 2, { stride: 2, ceil: true })
      layers.stage(stage)
      for (const [name, block] of Object.entries(blocks)) addBlock(layers, name, block)
    })
    if (classes === null) return
    layers.stage('head')
    layers.pool()
    layers.dropout('dropout', 0.2)
    layers.linear('fc', classes)
  },
})

function addBlock(layers: TorchLayers, name: string, [one, reduced3, three, reduced5, five, pooled]: Block): void {
  const from = layers.last
  const first = addSteps(layers, `${name}.`, [['branch1', one, 1]], from)
  const second = addSteps(
    layers,
    `${name}.branch2.`,
    [
      ['0', reduced3, 1],
      ['1', three, 3],
    ],
    from,
  )
  const third = addSteps(
    layers,
    `${name}.branch3.`,
    [
      ['0', reduced5, 1],
      ['1', five, 3],
    ],
    from,
  )
  layers.maxPool(`${name}.branch4.0`, 3, { stride: 1, padding: 1, ceil: true, from })
  const fourth = addSteps(layers, `${name}.branch4.`, [['1', pooled, 1]])
  layers.concat(`${name}.concat`, [first, second, third, fourth])
}
