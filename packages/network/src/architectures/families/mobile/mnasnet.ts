import { defineFamily } from '../../support/define-family.js'
import { addInvertedResidual, convNorm, makeDivisible } from '../../support/inverted-residual.js'

interface Sizes {
  /** Factor of all channels. */
  readonly width: number
}

/** Kernel, stride, expansion, channels, blocks of the stages. */
const stages = [
  [3, 2, 3, 24, 3],
  [5, 2, 3, 40, 3],
  [5, 2, 6, 80, 3],
  [3, 1, 6, 96, 2],
  [5, 2, 6, 192, 4],
  [3, 1, 6, 320, 1],
] as const

/** Running statistics take from the newest batch what torchvision lets them take. */
const style = { activation: 'relu', share: 3e-4 } as const

/** Tan et al. 2018 (arXiv:1807.11626), torchvision's names and rounding. */
export const mnasnet = defineFamily<Sizes, null>({
  title: 'MNASNet',
  layouts: { torchvision: null },
  // Version 1 had another stem.
  stateVersion: 2,
  rows: [
    { id: 'mnasnet0_5', title: 'MNASNet 0.5', width: 0.5 },
    { id: 'mnasnet0_75', title: 'MNASNet 0.75', width: 0.75 },
    { id: 'mnasnet1_0', title: 'MNASNet 1.0', width: 1 },
    { id: 'mnasnet1_3', title: 'MNASNet 1.3', width: 1.3 },
  ],
  build: (layers, { width }, _, classes) => {
    const scaled = (channels: number): number => makeDivisible(channels * width)
    layers.stage('stem')
    convNorm(layers, ['layers.0', 'layers.1'], scaled(32), 3, { stride: 2 }, style)
    layers.activation('layers.2', 'relu')
    convNorm(layers, ['layers.3', 'layers.4'], scaled(32), 3, { groups: scaled(32) }, style)
    layers.activation('layers.5', 'relu')
    convNorm(layers, ['layers.6', 'layers.7'], scaled(16), 1, {}, style)
    stages.forEach(([kernel, stride, expansion, channels, blocks], stage) => {
      layers.stage(`stage${stage + 1}`)
      for (let block = 0; block < blocks; block++) {
        const name = `layers.${8 + stage}.${block}`
        const part = (index: number): string => `${name}.layers.${index}`
        addInvertedResidual(
          layers,
          name,
          {
            ...{ expand: part(0), expandNorm: part(1), depthwise: part(3), depthwiseNorm: part(4) },
            ...{ reduce: '', restore: '', project: part(6), projectNorm: part(7) },
          },
          { kernel, stride: block === 0 ? stride : 1, inner: layers.channels() * expansion, outputs: scaled(channels) },
          style,
        )
      }
    })
    layers.stage('last')
    convNorm(layers, ['layers.14', 'layers.15'], 1280, 1, {}, style)
    layers.activation('layers.16', 'relu')
    if (classes === null) return
    layers.stage('head')
    layers.pool()
    layers.dropout('classifier.0', 0.2)
    layers.linear('classifier.1', classes)
  },
})
