import type { AttributeValue, Initializer, Layer, Network, Parameter, Stage } from '../network.js'
import type { Architecture } from './architecture.js'

/**
 * Stage name, output channels, and the stride of each of its blocks; the PyTorch twin is
 * packages/nodes/scripts/pretrain/graftnet.py.
 */
const blockStages = [
  { name: 'stage1', channels: 24, strides: [1] },
  { name: 'stage2', channels: 48, strides: [2, 1] },
  { name: 'stage3', channels: 96, strides: [2, 1] },
  { name: 'stage4', channels: 192, strides: [2, 1] },
  { name: 'stage5', channels: 256, strides: [1, 1] },
] as const

const stemChannels = 16

/**
 * Graft's own small backbone: depthwise-separable blocks with batch normalisation, ReLU6 and residual additions; 0.2 M
 * parameters.
 */
export const graftnet: Architecture = {
  id: 'graftnet',
  title: 'GraftNet',
  build: ({ classes, inputSize = 64, seed = 0 }) => {
    const builder = createBuilder(seed)
    addStem(builder)
    let channels: number = stemChannels
    for (const stage of blockStages) {
      builder.startStage(stage.name)
      stage.strides.forEach((stride, index) => {
        addBlock(builder, `${stage.name}.${index}`, channels, stage.channels, stride)
        channels = stage.channels
      })
    }
    addHead(builder, channels, classes)
    return toNetwork(builder, inputSize)
  },
}

function addStem(builder: Builder): void {
  builder.startStage('stem')
  addConvolution(builder, 'stem.conv', { inputs: 3, outputs: stemChannels, kernel: 3, stride: 2, group: 1 })
  builder.add('stem.activation', 'Clip', { min: 0, max: 6 })
}

/** Depthwise 3x3, then pointwise 1x1; the block's input is added where the shape stays the same. */
function addBlock(builder: Builder, name: string, inputs: number, outputs: number, stride: number): void {
  const before = builder.last()
  addConvolution(builder, `${name}.depthwise`, { inputs, outputs: inputs, kernel: 3, stride, group: inputs })
  builder.add(`${name}.depthwise_activation`, 'Clip', { min: 0, max: 6 })
  addConvolution(builder, `${name}.pointwise`, { inputs, outputs, kernel: 1, stride: 1, group: 1 })
  if (stride === 1 && inputs === outputs) builder.add(`${name}.add`, 'Add', {}, {}, [builder.last(), before])
  builder.add(`${name}.activation`, 'Clip', { min: 0, max: 6 })
}

function addHead(builder: Builder, features: number, classes: number): void {
  builder.startStage('head')
  builder.add('head.pool', 'GlobalAveragePool')
  builder.add('head.flatten', 'Flatten', { axis: 1 })
  builder.add(
    'head.fc',
    'Gemm',
    { transB: 1 },
    {
      weight: builder.parameter('head.fc.weight', [classes, features], { name: 'linear' }),
      bias: builder.parameter('head.fc.bias', [classes], { name: 'zeros' }),
    },
  )
}

interface ConvolutionSizes {
  readonly inputs: number
  readonly outputs: number
  readonly kernel: number
  readonly stride: number
  readonly group: number
}

/** A convolution without bias, keeping the size up to its stride, and its batch normalisation. */
function addConvolution(
  builder: Builder,
  name: string,
  { inputs, outputs, kernel, stride, group }: ConvolutionSizes,
): void {
  const margin = (kernel - 1) / 2
  const weight = builder.parameter(`${name}.weight`, [outputs, inputs / group, kernel, kernel], { name: 'heNormal' })
  builder.add(
    name,
    'Conv',
    { kernel_shape: [kernel, kernel], strides: [stride, stride], pads: [margin, margin, margin, margin], group },
    { weight },
  )
  builder.add(
    `${name}_bn`,
    'BatchNormalization',
    { epsilon: 1e-5 },
    {
      scale: builder.parameter(`${name}_bn.scale`, [outputs], { name: 'ones' }),
      shift: builder.parameter(`${name}_bn.shift`, [outputs], { name: 'zeros' }),
      mean: builder.parameter(`${name}_bn.mean`, [outputs], { name: 'zeros' }, false),
      variance: builder.parameter(`${name}_bn.variance`, [outputs], { name: 'ones' }, false),
    },
  )
}

type Builder = ReturnType<typeof createBuilder>

/** Collects layers, parameters and stages in order; every layer follows the one before unless told otherwise. */
function createBuilder(seed: number) {
  const layers: Layer[] = []
  const parameters: Record<string, Parameter> = {}
  const stages: { name: string; layers: string[] }[] = []
  const last = (): string => layers.at(-1)?.name ?? 'input'
  return {
    last,
    startStage: (name: string): void => void stages.push({ name, layers: [] }),
    parameter: (key: string, shape: readonly number[], initializer: Initializer, trainable = true): string => {
      parameters[key] = {
        shape,
        trainable,
        source: { kind: 'initializer', initializer, seed: seed + Object.keys(parameters).length },
      }
      return key
    },
    add: (
      name: string,
      operator: string,
      attributes: Record<string, AttributeValue> = {},
      slots: Record<string, string> = {},
      inputs: readonly string[] = [last()],
    ): void => {
      const layer = { name, operator, inputs, parameters: slots, attributes }
      layers.push(operator === 'BatchNormalization' ? { ...layer, statistics: 'batch' } : layer)
      stages.at(-1)?.layers.push(name)
    },
    result: (): {
      layers: readonly Layer[]
      parameters: Readonly<Record<string, Parameter>>
      stages: readonly Stage[]
    } => ({ layers, parameters, stages }),
  }
}

function toNetwork(builder: Builder, inputSize: number): Network {
  return {
    format: 'graft-network',
    version: 1,
    name: 'graftnet',
    input: { name: 'input', shape: [3, inputSize, inputSize] },
    ...builder.result(),
    output: builder.last(),
    preprocessing: {
      height: inputSize,
      width: inputSize,
      resize: 'stretch',
      cropFraction: 1,
      interpolation: 'bilinear',
      channelOrder: 'rgb',
      mean: [0.5, 0.5, 0.5],
      deviation: [0.5, 0.5, 0.5],
    },
    classNames: null,
    provenance: { source: 'architecture:graftnet', licence: 'Apache-2.0', history: [] },
  }
}
