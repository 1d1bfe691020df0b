import type { Activation, TorchLayers } from './torch-layers.js'

/** Names of the modules of a block; `norm` ones are of the batch normalisation behind. */
export interface BlockNames {
  readonly expand: string
  readonly expandNorm: string
  readonly depthwise: string
  readonly depthwiseNorm: string
  readonly reduce: string
  readonly restore: string
  readonly project: string
  readonly projectNorm: string
}

export interface BlockSizes {
  /** `fused`: one full convolution in place of expansion and depthwise; `plain`: nothing but that convolution. */
  readonly kind?: 'separable' | 'fused' | 'plain'
  readonly kernel: number
  readonly stride: number
  /** Channels inside; those of the input: there is no expansion. */
  readonly inner: number
  readonly outputs: number
  /** Channels that squeeze-and-excitation squeezes to; 0: none. */
  readonly squeezed?: number
}

/** What all blocks of a network have in common. */
export interface BlockStyle {
  readonly activation: Activation
  readonly epsilon?: number
  /** See `NormOptions`. */
  readonly share?: number
  /** TensorFlow's padding. */
  readonly same?: boolean
  readonly squeezeActivation?: Activation
  readonly gate?: Activation
}

/**
 * An inverted residual block (MobileNetV2, arXiv:1801.04381), with squeeze-and-excitation where asked for; its input is
 * added where the shape stays.
 */
export function addInvertedResidual(
  layers: TorchLayers,
  name: string,
  names: BlockNames,
  sizes: BlockSizes,
  style: BlockStyle,
): void {
  const { kind = 'separable', kernel, stride, inner, outputs, squeezed = 0 } = sizes
  const input = layers.last
  const inputs = layers.channels(input)
  const { activation } = style
  if (kind === 'plain') {
    convNorm(layers, [names.project, names.projectNorm], outputs, kernel, { stride }, style)
    layers.activation(`${name}.activation`, activation)
  } else {
    if (kind === 'fused') {
      convNorm(layers, [names.expand, names.expandNorm], inner, kernel, { stride }, style)
      layers.activation(`${name}.activation`, activation)
    } else {
      if (inner !== inputs) {
        convNorm(layers, [names.expand, names.expandNorm], inner, 1, {}, style)
        layers.activation(`${name}.activation`, activation)
      }
      convNorm(layers, [names.depthwise, names.depthwiseNorm], inner, kernel, { stride, groups: inner }, style)
      layers.activation(`${name}.activation`, activation)
    }
    if (squeezed > 0) addSqueeze(layers, name, names, squeezed, style)
    convNorm(layers, [names.project, names.projectNorm], outputs, 1, {}, style)
  }
  if (stride === 1 && inputs === outputs) layers.addition(`${name}.add`, layers.last, input)
}

/** A convolution without bias, and its normalisation. */
export function convNorm(
  layers: TorchLayers,
  [conv, norm]: readonly [string, string],
  outputs: number,
  kernel: number,
  { stride = 1, groups = 1 }: { readonly stride?: number; readonly groups?: number },
  { epsilon, share, same = false }: Pick<BlockStyle, 'epsilon' | 'share' | 'same'> = {},
): string {
  layers.conv(conv, outputs, kernel, { stride, groups, ...(same && { padding: 'same' }) })
  return layers.batchNorm(norm, { ...(epsilon !== undefined && { epsilon }), ...(share !== undefined && { share }) })
}

/** Squeeze-and-excitation (arXiv:1709.01507): channels are weighed by what the whole map holds. */
export function addSqueeze(
  layers: TorchLayers,
  name: string,
  { reduce, restore }: Pick<BlockNames, 'reduce' | 'restore'>,
  squeezed: number,
  { squeezeActivation = 'relu', gate = 'sigmoid' }: Pick<BlockStyle, 'squeezeActivation' | 'gate'> = {},
): string {
  const input = layers.last
  const channels = layers.channels(input)
  layers.layer(`${name}.squeeze`, 'GlobalAveragePool')
  layers.conv(reduce, squeezed, 1, { bias: true })
  layers.activation(`${name}.squeeze_activation`, squeezeActivation)
  layers.conv(restore, channels, 1, { bias: true })
  const weights = layers.activation(`${name}.gate`, gate)
  return layers.product(`${name}.excite`, input, weights)
}

/** To a multiple of the divisor that is not less than 90 % of the value. */
export function makeDivisible(value: number, divisor = 8): number {
  const rounded = Math.max(divisor, Math.floor((value + divisor / 2) / divisor) * divisor)
  return rounded < 0.9 * value ? rounded + divisor : rounded
}

/** torchvision's: consecutive modules, with the parts that a block hasn't left out. */
export function torchvisionNames(
  prefix: string,
  { expands, squeezes }: { expands: boolean; squeezes: boolean },
): BlockNames {
  const depthwise = expands ? 1 : 0
  const project = depthwise + (squeezes ? 2 : 1)
  return {
    expand: `${prefix}.0.0`,
    expandNorm: `${prefix}.0.1`,
    depthwise: `${prefix}.${depthwise}.0`,
    depthwiseNorm: `${prefix}.${depthwise}.1`,
    reduce: `${prefix}.${depthwise + 1}.fc1`,
    restore: `${prefix}.${depthwise + 1}.fc2`,
    project: `${prefix}.${project}.0`,
    projectNorm: `${prefix}.${project}.1`,
  }
}

/** timm's. */
export function timmNames(prefix: string, expands: boolean, kind: BlockSizes['kind'] = 'separable'): BlockNames {
  const conv = (part: string): string => `${prefix}.${part}`
  const common = { reduce: conv('se.conv_reduce'), restore: conv('se.conv_expand') }
  if (kind === 'plain')
    return {
      ...common,
      expand: '',
      expandNorm: '',
      depthwise: '',
      depthwiseNorm: '',
      project: conv('conv'),
      projectNorm: conv('bn1'),
    }
  if (kind === 'fused')
    return {
      ...common,
      expand: conv('conv_exp'),
      expandNorm: conv('bn1'),
      depthwise: '',
      depthwiseNorm: '',
      project: conv('conv_pwl'),
      projectNorm: conv('bn2'),
    }
  return {
    ...common,
    expand: conv('conv_pw'),
    expandNorm: conv('bn1'),
    depthwise: conv('conv_dw'),
    depthwiseNorm: conv(expands ? 'bn2' : 'bn1'),
    project: conv(expands ? 'conv_pwl' : 'conv_pw'),
    projectNorm: conv(expands ? 'bn3' : 'bn2'),
  }
}
