import type { AskedTensor } from '../../architecture.js'

/** What the modules of a vision transformer are called. */
export interface VitNames {
  readonly patches: string
  readonly token: string
  /** Of a second token, that distilled networks have. */
  readonly distillation?: string
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

export const timm: VitNames = {
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

export const torchvision: VitNames = {
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
export const oldTorchvision: VitNames = {
  ...torchvision,
  block: (index) => {
    const name = `encoder.layers.encoder_layer_${index}.mlp`
    return { ...torchvision.block(index), widen: `${name}.linear_1`, narrow: `${name}.linear_2` }
  },
}

const joined = (names: readonly string[]): string => names.join('+')

/** Of files on the hub. The body is called `vit` (DeiT's too), `deit` (where it is distilled) or `dinov2`. */
export const transformersNames = (body: string): VitNames => ({
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
export const transformers5Names = (body: string): VitNames => ({
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

/** DINOv2 in transformers has a token for hidden patches, which only its first training used: [1, width]. */
export const maskToken = ({ token }: VitNames, width: number): ReadonlyMap<string, AskedTensor> =>
  new Map([[token.replace(/cls_token$/, 'mask_token'), { shape: [1, width] }]])

/** The models without a classifier have no name before the body's parts. */
export const withoutBody = (names: VitNames, body: string): VitNames => {
  const bare = (name: string): string => name.replaceAll(`${body}.`, '')
  return {
    patches: bare(names.patches),
    token: bare(names.token),
    ...(names.distillation !== undefined && { distillation: bare(names.distillation) }),
    positions: bare(names.positions),
    block: (index) => {
      const block = names.block(index)
      return Object.fromEntries(Object.entries(block).map(([part, name]) => [part, bare(name)])) as typeof block
    },
    norm: bare(names.norm),
    head: names.head,
  }
}
