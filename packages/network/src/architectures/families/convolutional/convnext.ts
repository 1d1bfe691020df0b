import { defineFamily } from '../../support/define-family.js'
import type { TorchLayers } from '../../support/torch-layers.js'

interface Sizes {
  readonly blocks: readonly [number, number, number, number]
  readonly channels: readonly [number, number, number, number]
  /** V2: the response of a channel is normalised by that of all, in place of a scale per block. */
  readonly second?: boolean
  /** timm's small ones have 1x1 convolutions where the others have matrices. */
  readonly convolves?: boolean
}

interface Names {
  readonly stem: readonly [conv: string, norm: string]
  downsample(stage: number): readonly [norm: string, conv: string]
  block(
    stage: number,
    block: number,
  ): {
    readonly depthwise: string
    readonly norm: string
    readonly first: string
    readonly second: string
    /** Of the scale itself, not of a module. */
    readonly scale: string
    readonly response: string
  }
  readonly norm: string
  readonly head: string
}

const torchvision: Names = {
  stem: ['features.0.0', 'features.0.1'],
  downsample: (stage) => [`features.${2 * stage}.0`, `features.${2 * stage}.1`],
  block: (stage, block) => {
    const name = `features.${2 * stage + 1}.${block}`
    return {
      ...{ depthwise: `${name}.block.0`, norm: `${name}.block.2`, first: `${name}.block.3`, second: `${name}.block.5` },
      ...{ scale: `${name}.layer_scale`, response: '' },
    }
  },
  norm: 'classifier.0',
  head: 'classifier.2',
}

const timm: Names = {
  stem: ['stem.0', 'stem.1'],
  downsample: (stage) => [`stages.${stage}.downsample.0`, `stages.${stage}.downsample.1`],
  block: (stage, block) => {
    const name = `stages.${stage}.blocks.${block}`
    return {
      ...{ depthwise: `${name}.conv_dw`, norm: `${name}.norm`, first: `${name}.mlp.fc1`, second: `${name}.mlp.fc2` },
      ...{ scale: `${name}.gamma`, response: `${name}.mlp.grn` },
    }
  },
  norm: 'head.norm',
  head: 'head.fc',
}

/** Of ConvNeXt and ConvNeXt V2, which call their body differently. */
const transformersNames = (body: string): Names => ({
  stem: [`${body}.embeddings.patch_embeddings`, `${body}.embeddings.layernorm`],
  downsample: (stage) => {
    const name = `${body}.encoder.stages.${stage}.downsampling_layer`
    return [`${name}.0`, `${name}.1`]
  },
  block: (stage, block) => {
    const name = `${body}.encoder.stages.${stage}.layers.${block}`
    return {
      ...{
        depthwise: `${name}.dwconv`,
        norm: `${name}.layernorm`,
        first: `${name}.pwconv1`,
        second: `${name}.pwconv2`,
      },
      ...{ scale: `${name}.layer_scale_parameter`, response: `${name}.grn` },
    }
  },
  norm: `${body}.layernorm`,
  head: 'classifier',
})

/** Of the authors' own files. */
const facebook: Names = {
  stem: ['downsample_layers.0.0', 'downsample_layers.0.1'],
  downsample: (stage) => [`downsample_layers.${stage}.0`, `downsample_layers.${stage}.1`],
  block: (stage, block) => {
    const name = `stages.${stage}.${block}`
    return {
      ...{ depthwise: `${name}.dwconv`, norm: `${name}.norm`, first: `${name}.pwconv1`, second: `${name}.pwconv2` },
      ...{ scale: `${name}.gamma`, response: '' },
    }
  },
  norm: 'norm',
  head: 'head',
}

const small = [96, 192, 384, 768] as const
const first = ['torchvision', 'timm', 'transformers', 'facebook']
const ofTimm = {
  convolves: true,
  layouts: ['timm', 'transformers'],
  preprocessing: { interpolation: 'bicubic' },
} as const
const second = {
  second: true,
  layouts: ['timm', 'transformers V2'],
  preprocessing: { interpolation: 'bicubic' },
} as const

/** Liu et al. 2022 (arXiv:2201.03545); V2: Woo et al. 2023 (arXiv:2301.00808). */
export const convnext = defineFamily<Sizes, Names>({
  title: 'ConvNeXt',
  layouts: {
    torchvision,
    timm,
    transformers: transformersNames('convnext'),
    'transformers V2': transformersNames('convnextv2'),
    facebook,
  },
  rows: [
    { id: 'convnext_tiny', title: 'ConvNeXt-Tiny', blocks: [3, 3, 9, 3], channels: small, layouts: first },
    { id: 'convnext_small', title: 'ConvNeXt-Small', blocks: [3, 3, 27, 3], channels: small, layouts: first },
    {
      id: 'convnext_base',
      title: 'ConvNeXt-Base',
      blocks: [3, 3, 27, 3],
      channels: [128, 256, 512, 1024],
      layouts: first,
    },
    {
      id: 'convnext_large',
      title: 'ConvNeXt-Large',
      blocks: [3, 3, 27, 3],
      channels: [192, 384, 768, 1536],
      layouts: first,
    },
    {
      id: 'convnext_xlarge',
      title: 'ConvNeXt-XLarge',
      blocks: [3, 3, 27, 3],
      channels: [256, 512, 1024, 2048],
      layouts: first.slice(1),
    },
    { id: 'convnext_atto', title: 'ConvNeXt-Atto', blocks: [2, 2, 6, 2], channels: [40, 80, 160, 320], ...ofTimm },
    { id: 'convnext_femto', title: 'ConvNeXt-Femto', blocks: [2, 2, 6, 2], channels: [48, 96, 192, 384], ...ofTimm },
    { id: 'convnext_pico', title: 'ConvNeXt-Pico', blocks: [2, 2, 6, 2], channels: [64, 128, 256, 512], ...ofTimm },
    { id: 'convnext_nano', title: 'ConvNeXt-Nano', blocks: [2, 2, 8, 2], channels: [80, 160, 320, 640], ...ofTimm },
    {
      id: 'convnextv2_atto',
      title: 'ConvNeXt V2-Atto',
      blocks: [2, 2, 6, 2],
      channels: [40, 80, 160, 320],
      ...second,
      convolves: true,
    },
    {
      id: 'convnextv2_femto',
      title: 'ConvNeXt V2-Femto',
      blocks: [2, 2, 6, 2],
      channels: [48, 96, 192, 384],
      ...second,
      convolves: true,
    },
    {
      id: 'convnextv2_pico',
      title: 'ConvNeXt V2-Pico',
      blocks: [2, 2, 6, 2],
      channels: [64, 128, 256, 512],
      ...second,
      convolves: true,
    },
    {
      id: 'convnextv2_nano',
      title: 'ConvNeXt V2-Nano',
      blocks: [2, 2, 8, 2],
      channels: [80, 160, 320, 640],
      ...second,
      convolves: true,
    },
    { id: 'convnextv2_tiny', title: 'ConvNeXt V2-Tiny', blocks: [3, 3, 9, 3], channels: small, ...second },
    {
      id: 'convnextv2_base',
      title: 'ConvNeXt V2-Base',
      blocks: [3, 3, 27, 3],
      channels: [128, 256, 512, 1024],
      ...second,
    },
    {
      id: 'convnextv2_large',
      title: 'ConvNeXt V2-Large',
      blocks: [3, 3, 27, 3],
      channels: [192, 384, 768, 1536],
      ...second,
    },
    {
      id: 'convnextv2_huge',
      title: 'ConvNeXt V2-Huge',
      blocks: [3, 3, 27, 3],
      channels: [352, 704, 1408, 2816],
      ...second,
    },
  ],
  storedShape: (key, shape, { convolves = false }, layout) => {
    const asMap =
      (layout === 'torchvision' && key.endsWith('.layer_scale')) ||
      (layout === 'timm' && convolves && /\.mlp\.fc[12]\.weight$/.test(key))
    // transformers keeps the response normalisation's numbers as they meet channels that come last.
    if (layout === 'transformers V2' && /\.grn\.(weight|bias)$/.test(key)) return [1, 1, 1, ...shape]
    return asMap ? [...shape, 1, 1] : shape
  },
  build: (layers, sizes, names, classes) => {
    layers.stage('stem')
    layers.conv(names.stem[0], sizes.channels[0], 4, { stride: 4, padding: 0, bias: true })
    normed(layers, names.stem[1])
    sizes.blocks.forEach((count, stage) => {
      layers.stage(`stage${stage + 1}`)
      if (stage > 0) {
        const [norm, conv] = names.downsample(stage)
        normed(layers, norm)
        layers.conv(conv, sizes.channels[stage] ?? 0, 2, { stride: 2, padding: 0, bias: true })
      }
      for (let block = 0; block < count; block++)
        addBlock(layers, `stage${stage + 1}.${block}`, names.block(stage, block), sizes)
    })
    layers.stage('neck')
    layers.pool()
    layers.layerNorm(names.norm)
    if (classes === null) return
    layers.stage('head')
    layers.linear(names.head, classes)
  },
})

/** A layer normalisation over the channels of a map. */
function normed(layers: TorchLayers, name: string): void {
  layers.transpose(`${name}.channels_last`, [0, 2, 3, 1])
  layers.layerNorm(name)
  layers.transpose(`${name}.channels_first`, [0, 3, 1, 2])
}

function addBlock(
  layers: TorchLayers,
  name: string,
  { depthwise, norm, first: widening, second: narrowing, scale, response }: ReturnType<Names['block']>,
  { second: isSecond = false }: Sizes,
): void {
  const input = layers.last
  const channels = layers.channels(input)
  layers.conv(depthwise, channels, 7, { groups: channels, bias: true })
  layers.transpose(`${name}.channels_last`, [0, 2, 3, 1])
  layers.layerNorm(norm)
  layers.linear(widening, 4 * channels)
  layers.activation(`${name}.gelu`, 'gelu')
  if (isSecond) normaliseResponse(layers, `${name}.response`, response)
  layers.linear(narrowing, channels)
  if (!isSecond) layers.learned(`${name}.scaled`, 'Mul', scale, [channels], { name: 'constant', value: 1e-6 })
  layers.addition(`${name}.add`, input, layers.transpose(`${name}.channels_first`, [0, 3, 1, 2]))
}

/** Global response normalisation: `x + weight * x * |x| / mean |x| + bias`, |x| being the length of a channel's map. */
function normaliseResponse(layers: TorchLayers, name: string, response: string): void {
  const input = layers.last
  const channels = layers.shape(input).at(-1) ?? 0
  layers.product(`${name}.square`, input, input)
  layers.layer(`${name}.sum`, 'ReduceSum', { axes: [1, 2], keepdims: 1 })
  const length = layers.layer(`${name}.length`, 'Sqrt')
  layers.layer(`${name}.mean`, 'ReduceMean', { axes: [3], keepdims: 1 }, [length])
  const mean = layers.shifted(`${name}.epsilon`, 1e-6)
  const ratio = layers.layer(`${name}.ratio`, 'Div', {}, [length, mean])
  layers.product(`${name}.normalised`, input, ratio)
  layers.learned(`${name}.weighted`, 'Mul', `${response}.weight`, [channels], { name: 'zeros' })
  layers.learned(`${name}.shifted`, 'Add', `${response}.bias`, [channels], { name: 'zeros' })
  layers.addition(`${name}.add`, layers.last, input)
}
