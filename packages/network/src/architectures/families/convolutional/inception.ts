import { defineFamily } from '../../support/define-family.js'
import type { TorchLayers } from '../../support/torch-layers.js'

/** A convolution with normalisation (epsilon 1e-3) and ReLU: output channels, kernel, and what is unusual. */
export type Step = readonly [
  name: string,
  outputs: number,
  kernel: number | readonly [number, number],
  options?: { readonly stride?: number; readonly padding?: number },
]

export function addSteps(layers: TorchLayers, prefix: string, steps: readonly Step[], from = layers.last): string {
  return steps.reduce((input, [name, outputs, kernel, options]) => {
    layers.conv(`${prefix}${name}.conv`, outputs, kernel, { ...options, from: input })
    layers.batchNorm(`${prefix}${name}.bn`, { epsilon: 1e-3 })
    return layers.activation(`${prefix}${name}.relu`, 'relu')
  }, from)
}

const halving = { stride: 2, padding: 0 } as const
const unpadded = { padding: 0 } as const

type Mixed = (layers: TorchLayers, name: string) => void

/** Branches side by side over one input, joined by channels. */
function branches(layers: TorchLayers, name: string, parts: readonly ((from: string) => string)[]): void {
  const from = layers.last
  layers.concat(
    `${name}.concat`,
    parts.map((part) => part(from)),
  )
}

/** A branch of steps, each called `NAME_1`, `NAME_2`, ... where there are several. */
const chain =
  (layers: TorchLayers, prefix: string, steps: readonly Step[]) =>
  (from: string): string =>
    addSteps(layers, `${prefix}.`, steps, from)

const pooled =
  (layers: TorchLayers, name: string, outputs: number) =>
  (from: string): string => {
    layers.averagePool(`${name}.pool`, 3, { stride: 1, padding: 1, from })
    return addSteps(layers, `${name}.`, [['branch_pool', outputs, 1]])
  }

const mixedA =
  (poolFeatures: number): Mixed =>
  (layers, name) =>
    branches(layers, name, [
      chain(layers, name, [['branch1x1', 64, 1]]),
      chain(layers, name, [
        ['branch5x5_1', 48, 1],
        ['branch5x5_2', 64, 5],
      ]),
      chain(layers, name, [
        ['branch3x3dbl_1', 64, 1],
        ['branch3x3dbl_2', 96, 3],
        ['branch3x3dbl_3', 96, 3],
      ]),
      pooled(layers, name, poolFeatures),
    ])

const mixedB: Mixed = (layers, name) =>
  branches(layers, name, [
    chain(layers, name, [['branch3x3', 384, 3, halving]]),
    chain(layers, name, [
      ['branch3x3dbl_1', 64, 1],
      ['branch3x3dbl_2', 96, 3],
      ['branch3x3dbl_3', 96, 3, halving],
    ]),
    (from) => layers.maxPool(`${name}.pool`, 3, { stride: 2, from }),
  ])

const mixedC =
  (width: number): Mixed =>
  (layers, name) =>
    branches(layers, name, [
      chain(layers, name, [['branch1x1', 192, 1]]),
      chain(layers, name, [
        ['branch7x7_1', width, 1],
        ['branch7x7_2', width, [1, 7]],
        ['branch7x7_3', 192, [7, 1]],
      ]),
      chain(layers, name, [
        ['branch7x7dbl_1', width, 1],
        ['branch7x7dbl_2', width, [7, 1]],
        ['branch7x7dbl_3', width, [1, 7]],
        ['branch7x7dbl_4', width, [7, 1]],
        ['branch7x7dbl_5', 192, [1, 7]],
      ]),
      pooled(layers, name, 192),
    ])

const mixedD: Mixed = (layers, name) =>
  branches(layers, name, [
    chain(layers, name, [
      ['branch3x3_1', 192, 1],
      ['branch3x3_2', 320, 3, halving],
    ]),
    chain(layers, name, [
      ['branch7x7x3_1', 192, 1],
      ['branch7x7x3_2', 192, [1, 7]],
      ['branch7x7x3_3', 192, [7, 1]],
      ['branch7x7x3_4', 192, 3, halving],
    ]),
    (from) => layers.maxPool(`${name}.pool`, 3, { stride: 2, from }),
  ])

const mixedE: Mixed = (layers, name) => {
  const forked =
    (steps: readonly Step[], [left, right]: readonly [string, string]) =>
    (from: string) => {
      const stem = addSteps(layers, `${name}.`, steps, from)
      const parts = [
        addSteps(layers, `${name}.`, [[left, 384, [1, 3]]], stem),
        addSteps(layers, `${name}.`, [[right, 384, [3, 1]]], stem),
      ]
      return layers.concat(`${name}.${left}.concat`, parts)
    }
  branches(layers, name, [
    chain(layers, name, [['branch1x1', 320, 1]]),
    forked([['branch3x3_1', 384, 1]], ['branch3x3_2a', 'branch3x3_2b']),
    forked(
      [
        ['branch3x3dbl_1', 448, 1],
        ['branch3x3dbl_2', 384, 3],
      ],
      ['branch3x3dbl_3a', 'branch3x3dbl_3b'],
    ),
    pooled(layers, name, 192),
  ])
}

const stages: readonly (readonly [stage: string, blocks: Readonly<Record<string, Mixed>>])[] = [
  ['mixed5', { Mixed_5b: mixedA(32), Mixed_5c: mixedA(64), Mixed_5d: mixedA(64) }],
  [
    'mixed6',
    { Mixed_6a: mixedB, Mixed_6b: mixedC(128), Mixed_6c: mixedC(160), Mixed_6d: mixedC(160), Mixed_6e: mixedC(192) },
  ],
  ['mixed7', { Mixed_7a: mixedD, Mixed_7b: mixedE, Mixed_7c: mixedE }],
]

/** Szegedy et al. 2015 (arXiv:1512.00567). The same names in torchvision and timm; auxiliary classifiers are left out. */
export const inception = defineFamily<object, null>({
  title: 'Inception',
  layouts: { torchvision: null },
  ignored: /^AuxLogits\./,
  rows: [
    {
      id: 'inception_v3',
      title: 'Inception-v3',
      inputSize: 299,
      // torchvision's pre-trained one scales its input from ImageNet's statistics to this.
      preprocessing: { mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] },
    },
  ],
  build: (layers, _, __, classes) => {
    layers.stage('stem')
    addSteps(layers, '', [
      ['Conv2d_1a_3x3', 32, 3, halving],
      ['Conv2d_2a_3x3', 32, 3, unpadded],
      ['Conv2d_2b_3x3', 64, 3],
    ])
    layers.maxPool('maxpool1', 3, { stride: 2 })
    addSteps(layers, '', [
      ['Conv2d_3b_1x1', 80, 1],
      ['Conv2d_4a_3x3', 192, 3, unpadded],
    ])
    layers.maxPool('maxpool2', 3, { stride: 2 })
    for (const [stage, blocks] of stages) {
      layers.stage(stage)
      for (const [name, add] of Object.entries(blocks)) add(layers, name)
    }
    if (classes === null) return
    layers.stage('head')
    layers.pool()
    layers.dropout('dropout', 0.5)
    layers.linear('fc', classes)
  },
})
