import { NetworkBuilder } from '../builder/network-builder.js'
import type { Preprocessing } from '../network.js'
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
  family: 'GraftNet',
  aliases: [],
  layouts: ['graft'],
  namesIn: (_, options) => Object.keys(graftnet.build(options).parameters).map((name) => [name]),
  beginsWith: () => ['stem.conv.weight'],
  ignores: () => false,
  build: ({ classes, inputSize = 64, seed = 0 }) => {
    const builder = new NetworkBuilder({ input: { name: 'input', shape: [3, inputSize, inputSize] }, seed })
    addStem(builder)
    let channels: number = stemChannels
    for (const stage of blockStages) {
      builder.startStage(stage.name)
      stage.strides.forEach((stride, index) => {
        addBlock(builder, `${stage.name}.${index}`, channels, stage.channels, stride)
        channels = stage.channels
      })
    }
    if (classes !== null) addHead(builder, channels, classes)
    return builder.build({
      name: 'graftnet',
      preprocessing: preprocessingFor(inputSize),
      provenance: { source: 'architecture:graftnet', licence: 'Apache-2.0', history: [] },
    })
  },
}

const preprocessingFor = (inputSize: number): Preprocessing => ({
  height: inputSize,
  width: inputSize,
  resize: 'stretch',
  cropFraction: 1,
  interpolation: 'bilinear',
  channelOrder: 'rgb',
  mean: [0.5, 0.5, 0.5],
  deviation: [0.5, 0.5, 0.5],
})

function addStem(builder: NetworkBuilder): void {
  builder.startStage('stem')
  addConvolution(builder, 'stem.conv', { inputs: 3, outputs: stemChannels, kernel: 3, stride: 2, group: 1 })
  addActivation(builder, 'stem.activation')
}

/** Depthwise 3x3, then pointwise 1x1; the block's input is added where the shape stays the same. */
function addBlock(builder: NetworkBuilder, name: string, inputs: number, outputs: number, stride: number): void {
  const before = builder.last
  addConvolution(builder, `${name}.depthwise`, { inputs, outputs: inputs, kernel: 3, stride, group: inputs })
  addActivation(builder, `${name}.depthwise_activation`)
  addConvolution(builder, `${name}.pointwise`, { inputs, outputs, kernel: 1, stride: 1, group: 1 })
  if (stride === 1 && inputs === outputs)
    builder.add({ name: `${name}.add`, operator: 'Add', inputs: [builder.last, before] })
  addActivation(builder, `${name}.activation`)
}

/** ReLU6. */
const addActivation = (builder: NetworkBuilder, name: string): string =>
  builder.add({ name, operator: 'Clip', attributes: { min: 0, max: 6 } })

function addHead(builder: NetworkBuilder, features: number, classes: number): void {
  builder.startStage('head')
  builder.add({ name: 'head.pool', operator: 'GlobalAveragePool' })
  builder.add({ name: 'head.flatten', operator: 'Flatten', attributes: { axis: 1 } })
  builder.add({
    name: 'head.fc',
    operator: 'Gemm',
    attributes: { transB: 1 },
    parameters: {
      weight: { shape: [classes, features], initializer: { name: 'linear' } },
      bias: { shape: [classes], initializer: { name: 'zeros' } },
    },
  })
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
  builder: NetworkBuilder,
  name: string,
  { inputs, outputs, kernel, stride, group }: ConvolutionSizes,
): void {
  const margin = (kernel - 1) / 2
  builder.add({
    name,
    operator: 'Conv',
    attributes: {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      pads: [margin, margin, margin, margin],
      group,
    },
    parameters: { weight: { shape: [outputs, inputs / group, kernel, kernel], initializer: { name: 'heNormal' } } },
  })
  builder.add({
    name: `${name}_bn`,
    operator: 'BatchNormalization',
    attributes: { epsilon: 1e-5 },
    parameters: {
      scale: { shape: [outputs], initializer: { name: 'ones' } },
      shift: { shape: [outputs], initializer: { name: 'zeros' } },
      mean: { shape: [outputs], initializer: { name: 'zeros' } },
      variance: { shape: [outputs], initializer: { name: 'ones' } },
    },
  })
}
