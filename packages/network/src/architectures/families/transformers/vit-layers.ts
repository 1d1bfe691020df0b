import type { TorchLayers } from '../../support/torch-layers.js'
import type { VitNames } from './vit-names.js'

/** What makes one vision transformer differ from another. */
export interface VitSizes {
  readonly patch: number
  readonly width: number
  readonly depth: number
  readonly heads: number
  /** DINOv2: every branch is scaled before it is added. */
  readonly scaled?: boolean
}

/** Width, depth and heads by the names that the papers gave them. */
export const usualSizes = {
  tiny: { width: 192, depth: 12, heads: 3 },
  small: { width: 384, depth: 12, heads: 6 },
  base: { width: 768, depth: 12, heads: 12 },
  large: { width: 1024, depth: 24, heads: 16 },
} as const

/** Embedding, blocks and the last normalisation: `[tokens, width]`, the tokens that are no patches first. */
export function addTransformer(layers: TorchLayers, sizes: VitSizes, names: VitNames): void {
  addEmbedding(layers, sizes, names)
  for (let index = 0; index < sizes.depth; index++) {
    layers.stage(`blocks.${index}`)
    addBlock(layers, `blocks.${index}`, names.block(index), sizes)
  }
  layers.layerNorm(names.norm)
}

/**
 * Patches become a sequence, with a learned token before it (and another one between, where networks are distilled), and
 * a learned position added.
 */
function addEmbedding(layers: TorchLayers, { patch, width }: VitSizes, names: VitNames): void {
  layers.stage('stem')
  layers.conv(names.patches, width, patch, { stride: patch, padding: 0, bias: true })
  const [, height = 0, wide = 0] = layers.shape()
  layers.reshape('patches', [width, height * wide])
  layers.transpose('sequence', [0, 2, 1])
  const drawn = { name: 'truncatedNormal', deviation: 0.02 } as const
  const { distillation } = names
  if (distillation !== undefined)
    layers.add('distillation_token', 'ClassToken', { parameters: { token: [distillation, [1, 1, width], drawn] } })
  layers.add('token', 'ClassToken', { parameters: { token: [names.token, [1, 1, width], drawn] } })
  const [tokens = 0] = layers.shape()
  layers.learned('positions', 'Add', names.positions, [1, tokens, width], drawn)
}

function addBlock(
  layers: TorchLayers,
  name: string,
  names: ReturnType<VitNames['block']>,
  { width, heads, scaled = false }: VitSizes,
): void {
  const input = layers.last
  layers.layerNorm(names.norm1)
  layers.linear(names.qkv, 3 * width)
  addAttention(layers, `${name}.attention`, heads)
  layers.linear(names.out, width)
  if (scaled) layers.learned(`${name}.scale1`, 'Mul', names.scale1, [width], { name: 'constant', value: 1e-5 })
  const middle = layers.addition(`${name}.add1`, input, layers.last)
  layers.layerNorm(names.norm2)
  layers.linear(names.widen, 4 * width)
  layers.activation(`${name}.gelu`, 'gelu')
  layers.linear(names.narrow, width)
  if (scaled) layers.learned(`${name}.scale2`, 'Mul', names.scale2, [width], { name: 'constant', value: 1e-5 })
  layers.addition(`${name}.add2`, middle, layers.last)
}

/** Scaled dot-product attention over queries, keys and values that lie side by side: [tokens, 3 * width] to [tokens, width]. */
function addAttention(layers: TorchLayers, name: string, heads: number): void {
  const [tokens = 0, triple = 0] = layers.shape()
  const depth = triple / 3 / heads
  layers.reshape(`${name}.heads`, [tokens, 3 * heads, depth])
  const all = layers.transpose(`${name}.by_head`, [0, 2, 1, 3])
  const part = (label: string, index: number): string =>
    layers.slice(`${name}.${label}`, 1, [index * heads, (index + 1) * heads], all)
  const queries = layers.scaled(`${name}.scaled`, depth ** -0.5, part('queries', 0))
  const keys = layers.transpose(`${name}.keys_turned`, [0, 1, 3, 2], part('keys', 1))
  layers.layer(`${name}.scores`, 'MatMul', {}, [queries, keys])
  const weights = layers.layer(`${name}.weights`, 'Softmax', { axis: -1 })
  layers.layer(`${name}.mix`, 'MatMul', {}, [weights, part('values', 2)])
  layers.transpose(`${name}.by_token`, [0, 2, 1, 3])
  layers.reshape(`${name}.joined`, [tokens, triple / 3])
}

/**
 * Height and width of the images that positions were learned on, by the number of their entries, so many of which are no
 * patches; undefined where it is no square of patches.
 */
export function imageSizeOf(positions: readonly number[] | undefined, patch: number, before = 1): number | undefined {
  const side = Math.sqrt((positions?.[1] ?? 0) - before)
  return Number.isInteger(side) && side > 0 && side <= 128 ? side * patch : undefined
}
