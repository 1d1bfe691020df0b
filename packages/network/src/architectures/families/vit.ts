import { defineFamily, type Row } from '../support/define-family.js'
import type { TorchLayers } from '../support/torch-layers.js'

interface Sizes {
  readonly patch: number
  readonly width: number
  readonly depth: number
  readonly heads: number
  /** DINOv2: every branch is scaled before it is added. */
  readonly scaled?: boolean
}

interface Names {
  readonly patches: string
  readonly token: string
  readonly positions: string
  block(index: number): {
    readonly norm1: string
    readonly qkv: string
    readonly out: string
    readonly scale1: string
    readonly norm2: string
    readonly widen: string
    readonly narrow: string
    readonly scale2: string
  }
  readonly norm: string
  readonly head: string
}

const timm: Names = {
  patches: 'patch_embed.proj',
  token: 'cls_token',
  positions: 'pos_embed',
  block: (index) => {
    const name = `blocks.${index}`
    return {
      ...{ norm1: `${name}.norm1`, qkv: `${name}.attn.qkv`, out: `${name}.attn.proj`, scale1: `${name}.ls1.gamma` },
      ...{ norm2: `${name}.norm2`, widen: `${name}.mlp.fc1`, narrow: `${name}.mlp.fc2`, scale2: `${name}.ls2.gamma` },
    }
  },
  norm: 'norm',
  head: 'head',
}

const torchvision: Names = {
  patches: 'conv_proj',
  token: 'class_token',
  positions: 'encoder.pos_embedding',
  block: (index) => {
    const name = `encoder.layers.encoder_layer_${index}`
    const attention = `${name}.self_attention`
    return {
      ...{ norm1: `${name}.ln_1`, qkv: `${attention}.in_proj_`, out: `${attention}.out_proj`, scale1: '' },
      ...{ norm2: `${name}.ln_2`, widen: `${name}.mlp.0`, narrow: `${name}.mlp.3`, scale2: '' },
    }
  },
  norm: 'encoder.ln',
  head: 'heads.head',
}

/** Of torchvision's first files, which are those of its weights to this day. */
const oldTorchvision: Names = {
  ...torchvision,
  block: (index) => {
    const name = `encoder.layers.encoder_layer_${index}.mlp`
    return { ...torchvision.block(index), widen: `${name}.linear_1`, narrow: `${name}.linear_2` }
  },
}

const joined = (names: readonly string[]): string => names.join('+')

/** Of files on the hub. The body is called `vit` (DeiT's too) or `dinov2`. */
const transformersNames = (body: string): Names => ({
  patches: `${body}.embeddings.patch_embeddings.projection`,
  token: `${body}.embeddings.cls_token`,
  positions: `${body}.embeddings.position_embeddings`,
  block: (index) => {
    const name = `${body}.encoder.layer.${index}`
    const attention = `${name}.attention`
    const isDino = body === 'dinov2'
    return {
      norm1: isDino ? `${name}.norm1` : `${name}.layernorm_before`,
      qkv: joined(['query', 'key', 'value'].map((part) => `${attention}.attention.${part}`)),
      out: `${attention}.output.dense`,
      scale1: `${name}.layer_scale1.lambda1`,
      norm2: isDino ? `${name}.norm2` : `${name}.layernorm_after`,
      widen: isDino ? `${name}.mlp.fc1` : `${name}.intermediate.dense`,
      narrow: isDino ? `${name}.mlp.fc2` : `${name}.output.dense`,
      scale2: `${name}.layer_scale2.lambda1`,
    }
  },
  norm: `${body}.layernorm`,
  head: 'classifier',
})

/** What transformers 5 calls its modules. */
const transformers5Names = (body: string): Names => ({
  ...transformersNames(body),
  block: (index) => {
    const isDino = body === 'dinov2'
    const name = isDino ? `${body}.encoder.layer.${index}` : `${body}.layers.${index}`
    return {
      ...transformersNames(body).block(index),
      norm1: isDino ? `${name}.norm1` : `${name}.layernorm_before`,
      norm2: isDino ? `${name}.norm2` : `${name}.layernorm_after`,
      qkv: joined(['q_proj', 'k_proj', 'v_proj'].map((part) => `${name}.attention.${part}`)),
      ...{ out: `${name}.attention.o_proj`, widen: `${name}.mlp.fc1`, narrow: `${name}.mlp.fc2` },
    }
  },
})

/** The models without a classifier have no name before the body's parts. */
const withoutBody = (names: Names, body: string): Names => {
  const bare = (name: string): string => name.replaceAll(`${body}.`, '')
  return {
    patches: bare(names.patches),
    token: bare(names.token),
    positions: bare(names.positions),
    block: (index) => {
      const block = names.block(index)
      return Object.fromEntries(Object.entries(block).map(([part, name]) => [part, bare(name)])) as typeof block
    },
    norm: bare(names.norm),
    head: names.head,
  }
}

const tiny = { width: 192, depth: 12, heads: 3 }
const small = { width: 384, depth: 12, heads: 6 }
const base = { width: 768, depth: 12, heads: 12 }
const large = { width: 1024, depth: 24, heads: 16 }
const half = [0.5, 0.5, 0.5] as const
const ofVision = { layouts: ['torchvision', 'old torchvision'] } as const
const ofHubs = {
  layouts: ['timm', 'transformers', 'transformers 5', 'transformers body'],
  preprocessing: { mean: half, deviation: half, cropFraction: 0.9, interpolation: 'bicubic' },
} as const
const ofDeit = {
  layouts: ['timm', 'transformers', 'transformers 5'],
  preprocessing: { interpolation: 'bicubic' },
} as const
const ofDino = {
  layouts: ['timm', 'dinov2', 'dinov2 5', 'dinov2 body'],
  preprocessing: { cropFraction: 1, interpolation: 'bicubic' },
  inputSize: 518,
  patch: 14,
  scaled: true,
} as const

const rows: readonly Row<Sizes>[] = [
  { id: 'vit_b_16', title: 'ViT-B/16 (torchvision)', patch: 16, ...base, ...ofVision },
  { id: 'vit_b_32', title: 'ViT-B/32 (torchvision)', patch: 32, ...base, ...ofVision },
  { id: 'vit_l_16', title: 'ViT-L/16 (torchvision)', patch: 16, ...large, ...ofVision },
  { id: 'vit_tiny_patch16_224', title: 'ViT-Ti/16', patch: 16, ...tiny, ...ofHubs },
  { id: 'vit_small_patch16_224', title: 'ViT-S/16', patch: 16, ...small, ...ofHubs },
  { id: 'vit_small_patch32_224', title: 'ViT-S/32', patch: 32, ...small, ...ofHubs },
  { id: 'vit_base_patch16_224', title: 'ViT-B/16', patch: 16, ...base, ...ofHubs },
  { id: 'vit_base_patch32_224', title: 'ViT-B/32', patch: 32, ...base, ...ofHubs },
  { id: 'vit_large_patch16_224', title: 'ViT-L/16', patch: 16, ...large, ...ofHubs },
  { id: 'deit_tiny_patch16_224', title: 'DeiT-Ti', patch: 16, ...tiny, ...ofDeit },
  { id: 'deit_small_patch16_224', title: 'DeiT-S', patch: 16, ...small, ...ofDeit },
  { id: 'deit_base_patch16_224', title: 'DeiT-B', patch: 16, ...base, ...ofDeit },
  { id: 'vit_small_patch14_dinov2', title: 'DINOv2 ViT-S/14', ...small, ...ofDino },
  { id: 'vit_base_patch14_dinov2', title: 'DINOv2 ViT-B/14', ...base, ...ofDino },
]

/** Dosovitskiy et al. 2020 (arXiv:2010.11929); DeiT: Touvron et al. 2020; DINOv2: Oquab et al. 2023 (arXiv:2304.07193). */
export const vit = defineFamily<Sizes, Names>({
  title: 'Vision transformer',
  layouts: {
    timm,
    torchvision,
    'old torchvision': oldTorchvision,
    transformers: transformersNames('vit'),
    'transformers 5': transformers5Names('vit'),
    'transformers body': withoutBody(transformersNames('vit'), 'vit'),
    dinov2: transformersNames('dinov2'),
    'dinov2 5': transformers5Names('dinov2'),
    'dinov2 body': withoutBody(transformersNames('dinov2'), 'dinov2'),
  },
  rows,
  ignored: /(^|\.)(mask_token|pooler\.dense\.(weight|bias))$/,
  build: (layers, sizes, names, classes) => {
    addEmbedding(layers, sizes, names)
    for (let index = 0; index < sizes.depth; index++) {
      layers.stage(`blocks.${index}`)
      addBlock(layers, `blocks.${index}`, names.block(index), sizes)
    }
    layers.layerNorm(names.norm)
    layers.layer('feature', 'Gather', { indices: [0], axis: 1, scalar: 1 })
    if (classes === null) return
    layers.stage('head')
    layers.linear(names.head, classes)
  },
  positions: (names) => ({ key: names.positions, before: 1 }),
  inputSizeOf: (shapes, { patch, layouts }) => {
    const names = layouts?.[0] === 'torchvision' ? torchvision : timm
    const side = Math.sqrt((shapes.get(names.positions)?.[1] ?? 0) - 1)
    return Number.isInteger(side) && side > 0 && side <= 128 ? side * patch : undefined
  },
})

/** Patches become a sequence, with a learned token before it and a learned position added. */
function addEmbedding(layers: TorchLayers, { patch, width }: Sizes, names: Names): void {
  layers.stage('stem')
  layers.conv(names.patches, width, patch, { stride: patch, padding: 0, bias: true })
  const [, height = 0, wide = 0] = layers.shape()
  layers.reshape('patches', [width, height * wide])
  layers.transpose('sequence', [0, 2, 1])
  const drawn = { name: 'truncatedNormal', deviation: 0.02 } as const
  layers.add('token', 'ClassToken', { parameters: { token: [names.token, [1, 1, width], drawn] } })
  layers.learned('positions', 'Add', names.positions, [1, height * wide + 1, width], drawn)
}

function addBlock(
  layers: TorchLayers,
  name: string,
  names: ReturnType<Names['block']>,
  { width, heads, scaled = false }: Sizes,
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
