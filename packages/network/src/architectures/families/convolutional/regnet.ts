import { defineFamily, type Row } from '../../support/define-family.js'
import { addSqueeze } from '../../support/inverted-residual.js'
import type { TorchLayers } from '../../support/torch-layers.js'

interface Sizes {
  readonly depth: number
  /** Width of the first block, slope of the widths, and the factor that they are quantised by. */
  readonly widths: readonly [initial: number, slope: number, factor: number]
  readonly group: number
  /** RegNetY: with squeeze-and-excitation. */
  readonly squeezes: boolean
}

interface Names {
  readonly stem: readonly [string, string]
  block(stage: number, block: number): string
  conv(block: string, index: 1 | 2 | 3): readonly [string, string]
  squeeze(block: string): string
  shortcut(block: string): readonly [string, string]
  readonly head: string
}

const torchvision: Names = {
  stem: ['stem.0', 'stem.1'],
  block: (stage, block) => `trunk_output.block${stage}.block${stage}-${block}`,
  conv: (block, index) => [`${block}.f.${'abc'[index - 1]}.0`, `${block}.f.${'abc'[index - 1]}.1`],
  squeeze: (block) => `${block}.f.se`,
  shortcut: (block) => [`${block}.proj.0`, `${block}.proj.1`],
  head: 'fc',
}

const timm: Names = {
  stem: ['stem.conv', 'stem.bn'],
  block: (stage, block) => `s${stage}.b${block + 1}`,
  conv: (block, index) => [`${block}.conv${index}.conv`, `${block}.conv${index}.bn`],
  squeeze: (block) => `${block}.se`,
  shortcut: (block) => [`${block}.downsample.conv`, `${block}.downsample.bn`],
  head: 'head.fc',
}

const row = (
  kind: 'x' | 'y',
  [size, alias]: readonly [string, string],
  depth: number,
  widths: Sizes['widths'],
  group: number,
): Row<Sizes> => ({
  id: `regnet_${kind}_${size}`,
  title: `RegNet${kind.toUpperCase()} ${size.replace('_', '.').replace(/(m|g)f$/, (_, unit: string) => ` ${unit.toUpperCase()}F`)}`,
  aliases: [`regnet${kind}_${alias}`],
  ...{ depth, widths, group, squeezes: kind === 'y' },
})

/** Radosavovic et al. 2020 (arXiv:2003.13678). */
export const regnet = defineFamily<Sizes, Names>({
  title: 'RegNet',
  layouts: { torchvision, timm },
  rows: [
    row('y', ['400mf', '004'], 16, [48, 27.89, 2.09], 8),
    row('y', ['800mf', '008'], 14, [56, 38.84, 2.4], 16),
    row('y', ['1_6gf', '016'], 27, [48, 20.71, 2.65], 24),
    row('y', ['3_2gf', '032'], 21, [80, 42.63, 2.66], 24),
    row('y', ['8gf', '080_tv'], 17, [192, 76.82, 2.19], 56),
    row('y', ['16gf', '160'], 18, [200, 106.23, 2.48], 112),
    row('x', ['400mf', '004_tv'], 22, [24, 24.48, 2.54], 16),
    row('x', ['800mf', '008'], 16, [56, 35.73, 2.28], 16),
    row('x', ['1_6gf', '016'], 18, [80, 34.01, 2.25], 24),
    row('x', ['3_2gf', '032'], 25, [88, 26.31, 2.25], 48),
    row('x', ['8gf', '080'], 23, [80, 49.56, 2.88], 120),
  ],
  build: (layers, sizes, names, classes) => {
    layers.stage('stem')
    layers.conv(names.stem[0], 32, 3, { stride: 2 })
    layers.batchNorm(names.stem[1])
    layers.activation('stem.activation', 'relu')
    stagesOf(sizes).forEach(({ width, blocks, group }, index) => {
      layers.stage(`stage${index + 1}`)
      for (let block = 0; block < blocks; block++)
        addBlock(layers, names, names.block(index + 1, block), {
          width,
          group,
          first: block === 0,
          squeezes: sizes.squeezes,
        })
    })
    if (classes === null) return
    layers.stage('head')
    layers.pool()
    layers.linear(names.head, classes)
  },
})

interface StageSizes {
  readonly width: number
  readonly blocks: number
  readonly group: number
}

/** Widths grow on a line, are rounded to powers of the factor and to multiples of 8, and equal ones make a stage. */
function stagesOf({ depth, widths: [initial, slope, factor], group }: Sizes): readonly StageSizes[] {
  const widths = Array.from({ length: depth }, (_, block) => {
    const power = Math.round(Math.log((initial + slope * block) / initial) / Math.log(factor))
    return Math.round((initial * factor ** power) / 8) * 8
  })
  return [...new Set(widths)].map((width) => {
    const fitting = Math.min(group, width)
    return {
      width: Math.max(fitting, Math.floor((width + fitting / 2) / fitting) * fitting),
      blocks: widths.filter((other) => other === width).length,
      group: fitting,
    }
  })
}

interface BlockSizes {
  readonly width: number
  readonly group: number
  readonly first: boolean
  readonly squeezes: boolean
}

function addBlock(
  layers: TorchLayers,
  names: Names,
  name: string,
  { width, group, first, squeezes }: BlockSizes,
): void {
  const input = layers.last
  const inputs = layers.channels(input)
  const convNorm = (index: 1 | 2 | 3, kernel: number, options = {}): void => {
    const [conv, norm] = names.conv(name, index)
    layers.conv(conv, width, kernel, options)
    layers.batchNorm(norm)
  }
  convNorm(1, 1)
  layers.activation(`${name}.activation1`, 'relu')
  convNorm(2, 3, { stride: first ? 2 : 1, groups: width / group })
  layers.activation(`${name}.activation2`, 'relu')
  const squeeze = names.squeeze(name)
  if (squeezes)
    addSqueeze(layers, `${name}.se`, { reduce: `${squeeze}.fc1`, restore: `${squeeze}.fc2` }, Math.round(inputs / 4))
  convNorm(3, 1)
  const result = layers.last
  const [conv, norm] = names.shortcut(name)
  if (first) layers.conv(conv, width, 1, { stride: 2, from: input })
  layers.addition(`${name}.add`, result, first ? layers.batchNorm(norm) : input)
  layers.activation(`${name}.activation`, 'relu')
}
