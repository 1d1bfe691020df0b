import { NetworkError } from '../../../network-error.js'
import type { AskedTensor } from '../../architecture.js'
import { defineFamily, type Row } from '../../support/define-family.js'
import type { TorchLayers } from '../../support/torch-layers.js'

interface Sizes {
  /** Side of the windows, in places. */
  readonly window: number
  readonly width: number
  readonly depths: readonly [number, number, number, number]
  /** Of the first stage; every further one has twice as many, as it has channels. */
  readonly heads: number
}

interface BlockNames {
  readonly norm1: string
  /** Of the table itself, not of a module. */
  readonly biases: string
  readonly qkv: string
  readonly out: string
  readonly norm2: string
  readonly widen: string
  readonly narrow: string
}

interface Names {
  readonly patches: string
  readonly patchNorm: string
  block(stage: number, block: number): BlockNames
  /** Before a stage but the first. */
  merging(stage: number): { readonly norm: string; readonly reduction: string }
  readonly norm: string
  readonly head: string
}

const torchvision: Names = {
  patches: 'features.0.0',
  patchNorm: 'features.0.2',
  block: (stage, block) => {
    const name = `features.${2 * stage + 1}.${block}`
    return {
      ...{ norm1: `${name}.norm1`, biases: `${name}.attn.relative_position_bias_table`, qkv: `${name}.attn.qkv` },
      ...{ out: `${name}.attn.proj`, norm2: `${name}.norm2`, widen: `${name}.mlp.0`, narrow: `${name}.mlp.3` },
    }
  },
  merging: (stage) => ({ norm: `features.${2 * stage}.norm`, reduction: `features.${2 * stage}.reduction` }),
  norm: 'norm',
  head: 'head',
}

const timm: Names = {
  patches: 'patch_embed.proj',
  patchNorm: 'patch_embed.norm',
  block: (stage, block) => {
    const name = `layers.${stage}.blocks.${block}`
    return {
      ...{ norm1: `${name}.norm1`, biases: `${name}.attn.relative_position_bias_table`, qkv: `${name}.attn.qkv` },
      ...{ out: `${name}.attn.proj`, norm2: `${name}.norm2`, widen: `${name}.mlp.fc1`, narrow: `${name}.mlp.fc2` },
    }
  },
  merging: (stage) => ({ norm: `layers.${stage}.downsample.norm`, reduction: `layers.${stage}.downsample.reduction` }),
  norm: 'norm',
  head: 'head.fc',
}

/** Microsoft's own files: timm's names, with the merging at the end of a stage. */
const microsoft: Names = {
  ...timm,
  merging: (stage) => ({
    norm: `layers.${stage - 1}.downsample.norm`,
    reduction: `layers.${stage - 1}.downsample.reduction`,
  }),
  head: 'head',
}

const transformers: Names = {
  patches: 'swin.embeddings.patch_embeddings.projection',
  patchNorm: 'swin.embeddings.norm',
  block: (stage, block) => {
    const name = `swin.encoder.layers.${stage}.blocks.${block}`
    const attention = `${name}.attention.self`
    return {
      ...{ norm1: `${name}.layernorm_before`, biases: `${attention}.relative_position_bias_table` },
      qkv: ['query', 'key', 'value'].map((part) => `${attention}.${part}`).join('+'),
      ...{ out: `${name}.attention.output.dense`, norm2: `${name}.layernorm_after` },
      ...{ widen: `${name}.intermediate.dense`, narrow: `${name}.output.dense` },
    }
  },
  merging: (stage) => {
    const name = `swin.encoder.layers.${stage - 1}.downsample`
    return { norm: `${name}.norm`, reduction: `${name}.reduction` }
  },
  norm: 'swin.layernorm',
  head: 'classifier',
}

const epsilon = 1e-5

const kinds = {
  tiny: { width: 96, depths: [2, 2, 6, 2], heads: 3 },
  small: { width: 96, depths: [2, 2, 18, 2], heads: 3 },
  base: { width: 128, depths: [2, 2, 18, 2], heads: 4 },
  large: { width: 192, depths: [2, 2, 18, 2], heads: 6 },
} as const
const usual = { window: 7, preprocessing: { interpolation: 'bicubic', cropFraction: 0.9 } } as const
/** Whose windows and images are larger; torchvision has none of them. */
const wide = {
  window: 12,
  inputSize: 384,
  layouts: ['timm', 'microsoft', 'transformers'],
  preprocessing: { interpolation: 'bicubic', cropFraction: 1 },
} as const

const rows: readonly Row<Sizes>[] = [
  { id: 'swin_t', title: 'Swin-T', aliases: ['swin_tiny_patch4_window7_224'], ...kinds.tiny, ...usual },
  { id: 'swin_s', title: 'Swin-S', aliases: ['swin_small_patch4_window7_224'], ...kinds.small, ...usual },
  { id: 'swin_b', title: 'Swin-B', aliases: ['swin_base_patch4_window7_224'], ...kinds.base, ...usual },
  { id: 'swin_large_patch4_window7_224', title: 'Swin-L', ...kinds.large, ...usual, layouts: wide.layouts },
  { id: 'swin_base_patch4_window12_384', title: 'Swin-B at 384', ...kinds.base, ...wide },
  { id: 'swin_large_patch4_window12_384', title: 'Swin-L at 384', ...kinds.large, ...wide },
]

/** Liu et al. 2021 (arXiv:2103.14030): attention within windows, which are shifted in every second block. */
export const swin = defineFamily<Sizes, Names>({
  title: 'Swin transformer',
  layouts: { torchvision, timm, microsoft, transformers },
  ignored: /(^|\.)(relative_position_index|attn_mask)$/,
  rows,
  asked: ({ depths, window }, names, layout) =>
    new Map(layout === 'torchvision' ? placesAsked(depths, window, names) : []),
  storedShape: (key, shape) => (key.endsWith('relative_position_bias_table') ? shape.slice(1) : shape),
  build: (layers, { width, depths, heads, window }, names, classes) => {
    layers.stage('stem')
    layers.conv(names.patches, width, 4, { stride: 4, padding: 0, bias: true })
    channelsLast(layers, 'stem')
    layers.layerNorm(names.patchNorm, { epsilon })
    channelsFirst(layers, 'stem')
    depths.forEach((count, stage) => {
      const name = `stage${stage + 1}`
      layers.stage(name)
      channelsLast(layers, name)
      if (stage > 0) mergePatches(layers, `${name}.merging`, names.merging(stage), 2 * width * 2 ** (stage - 1))
      for (let block = 0; block < count; block++)
        addBlock(layers, `${name}.${block}`, names.block(stage, block), {
          heads: heads * 2 ** stage,
          window,
          isShifted: block % 2 === 1,
        })
      channelsFirst(layers, name)
    })
    layers.stage('neck')
    channelsLast(layers, 'neck')
    layers.layerNorm(names.norm, { epsilon })
    layers.layer('pool', 'ReduceMean', { axes: [1, 2], keepdims: 0 })
    if (classes === null) return
    layers.stage('head')
    layers.linear(names.head, classes)
  },
})

/** torchvision's models keep in every block where the pairs of a window stand in the table. */
function placesAsked(
  depths: readonly number[],
  window: number,
  names: Names,
): readonly (readonly [string, AskedTensor])[] {
  const integers = placesInTable(window)
  return depths.flatMap((count, stage) =>
    Array.from({ length: count }, (_, block) => {
      const name = names.block(stage, block).biases.replace(/bias_table$/, 'index')
      return [name, { shape: [integers.length], integers }] as const
    }),
  )
}

/** For each pair of places of a window, by rows: its entry in the table of biases. */
function placesInTable(window: number): readonly number[] {
  const tokens = window * window
  const row = (token: number): number => Math.floor(token / window)
  return Array.from({ length: tokens * tokens }, (_, pair) => {
    const [query, place] = [Math.floor(pair / tokens), pair % tokens]
    const [down, right] = [row(query) - row(place) + window - 1, (query % window) - (place % window) + window - 1]
    return down * (2 * window - 1) + right
  })
}

const channelsLast = (layers: TorchLayers, name: string): string =>
  layers.transpose(`${name}.channels_last`, [0, 2, 3, 1])
const channelsFirst = (layers: TorchLayers, name: string): string =>
  layers.transpose(`${name}.channels_first`, [0, 3, 1, 2])

/** Four neighbours become one place with four times the channels, of which a linear layer makes twice as many. */
function mergePatches(
  layers: TorchLayers,
  name: string,
  { norm, reduction }: ReturnType<Names['merging']>,
  outputs: number,
): void {
  const input = layers.last
  const [height = 0, width = 0] = layers.shape(input)
  const corners = [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ] as const
  const parts = corners.map(([top, left]) => {
    const rows = layers.slice(`${name}.rows${top}${left}`, 1, [top, height], input, 2)
    return layers.slice(`${name}.part${top}${left}`, 2, [left, width], rows, 2)
  })
  layers.concat(`${name}.concat`, parts, 3)
  layers.layerNorm(norm, { epsilon })
  layers.linear(reduction, outputs, { bias: false })
}

interface Attention {
  readonly heads: number
  readonly window: number
  readonly isShifted: boolean
}

function addBlock(layers: TorchLayers, name: string, names: BlockNames, attention: Attention): void {
  const input = layers.last
  const channels = layers.shape(input).at(-1) ?? 0
  layers.layerNorm(names.norm1, { epsilon })
  addWindowAttention(layers, `${name}.attention`, names, attention)
  const middle = layers.addition(`${name}.add1`, input, layers.last)
  layers.layerNorm(names.norm2, { epsilon })
  layers.linear(names.widen, 4 * channels)
  layers.activation(`${name}.gelu`, 'gelu')
  layers.linear(names.narrow, channels)
  layers.addition(`${name}.add2`, middle, layers.last)
}

function addWindowAttention(
  layers: TorchLayers,
  name: string,
  names: BlockNames,
  { heads, window, isShifted }: Attention,
): void {
  const [size = 0, width = 0, channels = 0] = layers.shape()
  if (size !== width || size % window !== 0 || size === 0)
    throw new NetworkError(
      `A Swin transformer cuts its maps into windows of ${window}x${window}; a map of ${size}x${width} has no whole number of them.`,
      `Use square images of ${32 * window} pixels, or a multiple of that.`,
    )
  const shift = isShifted && size > window ? Math.floor(window / 2) : 0
  const [across, tokens, depth] = [size / window, window * window, channels / heads]
  const windows = across * across
  if (shift > 0) roll(layers, `${name}.rolled`, shift)
  layers.reshape(`${name}.cut`, [across, window, across, window, channels])
  layers.transpose(`${name}.by_window`, [0, 1, 3, 2, 4, 5])
  const sequence = layers.reshape(`${name}.windows`, [windows, tokens, channels])
  const biases = addBiases(layers, `${name}.biases`, names.biases, { heads, window, sequence })
  layers.linear(names.qkv, 3 * channels, { from: sequence })
  layers.reshape(`${name}.heads`, [windows, tokens, 3 * heads, depth])
  const all = layers.transpose(`${name}.by_head`, [0, 1, 3, 2, 4])
  const part = (label: string, index: number): string =>
    layers.slice(`${name}.${label}`, 2, [index * heads, (index + 1) * heads], all)
  const queries = layers.scaled(`${name}.scaled`, depth ** -0.5, part('queries', 0))
  const keys = layers.transpose(`${name}.keys_turned`, [0, 1, 2, 4, 3], part('keys', 1))
  const scores = layers.layer(`${name}.scores`, 'MatMul', {}, [queries, keys])
  layers.addition(`${name}.biased`, scores, biases)
  if (shift > 0)
    layers.masked(`${name}.masked`, [1, windows, 1, tokens, tokens], { name: 'windowMask', size, window, shift })
  const weights = layers.layer(`${name}.weights`, 'Softmax', { axis: -1 })
  layers.layer(`${name}.mix`, 'MatMul', {}, [weights, part('values', 2)])
  layers.transpose(`${name}.by_token`, [0, 1, 3, 2, 4])
  layers.reshape(`${name}.joined`, [windows, tokens, channels])
  layers.linear(names.out, channels)
  layers.reshape(`${name}.placed`, [across, across, window, window, channels])
  layers.transpose(`${name}.by_row`, [0, 1, 3, 2, 4, 5])
  layers.reshape(`${name}.map`, [size, size, channels])
  if (shift > 0) roll(layers, `${name}.rolled_back`, -shift)
}

/** Rows and columns go around: the first `by` ones to the end, or the last ones to the beginning. */
function roll(layers: TorchLayers, name: string, by: number): void {
  for (const axis of [1, 2]) {
    const input = layers.last
    const size = layers.shape(input)[axis - 1] ?? 0
    const at = by > 0 ? by : size + by
    const [first, second] = [
      layers.slice(`${name}.first${axis}`, axis, [0, at], input),
      layers.slice(`${name}.second${axis}`, axis, [at, size], input),
    ]
    layers.concat(`${name}.axis${axis}`, [second, first], axis)
  }
}

/**
 * What is added to the scores of two places by how they lie to each other, `[1, heads, tokens, tokens]`: entries of a
 * learned table. The table enters the computation as tokens before one of the image, which is not used.
 */
function addBiases(
  layers: TorchLayers,
  name: string,
  key: string,
  { heads, window, sequence }: { heads: number; window: number; sequence: string },
): string {
  const tokens = window * window
  const entries = (2 * window - 1) ** 2
  layers.slice(`${name}.window`, 1, [0, 1], sequence)
  layers.slice(`${name}.token`, 2, [0, 1])
  layers.slice(`${name}.channels`, 3, [0, heads])
  layers.reshape(`${name}.sequence`, [1, heads])
  layers.add(`${name}.table`, 'ClassToken', {
    parameters: { token: [key, [1, entries, heads], { name: 'truncatedNormal', deviation: 0.02 }] },
  })
  layers.layer(`${name}.entries`, 'Gather', { indices: placesInTable(window), axis: 1 })
  layers.reshape(`${name}.pairs`, [1, tokens, tokens, heads])
  return layers.transpose(`${name}.by_head`, [0, 1, 4, 2, 3])
}
