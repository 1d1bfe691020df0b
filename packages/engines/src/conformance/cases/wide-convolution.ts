import { conformanceCase, layer } from '../conformance-case.js'
import type { CaseOptions, ConformanceCase, LayerSketch } from '../conformance-case.js'
import type { AttributeValue } from '@graft/network'

type Attributes = Readonly<Record<string, AttributeValue>>

/**
 * Many inputs of rectifiers and maxima lie within any step's reach of their kinks here; the operators' own cases are
 * measured.
 */
const kinks = 'rectifiers of many mixed inputs'
const same = { pads: [1, 1, 1, 1] }

/**
 * Convolutions with as many channels as onnxruntime's blocked layout takes, whole blocks and not, and what surrounds
 * them in real networks.
 */
export const wideConvolutionCases: readonly ConformanceCase[] = [
  wide('32 to 16 channels, 3x3', [16, 32, 3, 3], same, { input: [32, 4, 5] }),
  wide('20 to 24 channels, no whole blocks', [24, 20, 3, 3], same, { input: [20, 4, 3] }),
  wide('1x1, 24 to 40 channels', [40, 24, 1, 1], {}, { input: [24, 3, 3] }),
  wide('1x1 with stride 2, 16 to 32 channels', [32, 16, 1, 1], { strides: [2, 2] }, { input: [16, 5, 4] }),
  wide('3x3 with stride 2, 16 to 16 channels', [16, 16, 3, 3], { strides: [2, 2], ...same }, { input: [16, 5, 6] }),
  wide('a stem: 3 to 16 channels, stride 2', [16, 3, 3, 3], { strides: [2, 2], ...same }, { input: [3, 7, 6] }),
  wide('many pixels, 20 to 24 channels', [24, 20, 3, 3], same, { input: [20, 10, 11] }),
  wide(
    'many pixels, stride 2, unequal kernel',
    [16, 32, 3, 2],
    { strides: [2, 2], pads: [1, 0, 1, 1] },
    { input: [32, 21, 20] },
  ),
  wide('many pixels, dilation 2', [16, 32, 3, 3], { dilations: [2, 2], pads: [2, 2, 2, 2] }, { input: [32, 10, 10] }),
  wide('one tile of Winograd, 40 to 32 channels', [32, 40, 3, 3], same, { input: [40, 4, 4], batch: 16 }),
  wide('two tiles of Winograd, 40 to 48 channels', [48, 40, 3, 3], same, { input: [40, 8, 4], batch: 16 }),
  wide('a part of a tile of Winograd, 36 to 32 channels', [32, 36, 3, 3], same, { input: [36, 4, 3], batch: 32 }),
  wide('12 channels, less than a block', [12, 12, 3, 3], same, { input: [12, 4, 4] }),
  wide('unequal kernel and pads, 16 channels', [16, 16, 2, 3], { pads: [1, 0, 0, 2] }, { input: [16, 4, 5] }),
  wide('no padding, 16 channels', [16, 16, 3, 3], {}, { input: [16, 4, 5] }),
  wide(
    'more padding than the kernel reaches back, 16 channels',
    [16, 16, 2, 2],
    { pads: [2, 2, 2, 2] },
    { input: [16, 3, 3] },
  ),
  wide('dilation 2, 16 channels', [16, 16, 3, 3], { dilations: [2, 2], pads: [2, 2, 2, 2] }, { input: [16, 5, 6] }),
  wide('two groups of 16 channels', [32, 16, 3, 3], { group: 2, ...same }, { input: [32, 3, 3] }),
  wide('depthwise 3x3, 32 channels', [32, 1, 3, 3], { group: 32, ...same }, { input: [32, 4, 5] }),
  wide('depthwise 3x3, 20 channels', [20, 1, 3, 3], { group: 20, ...same }, { input: [20, 4, 5] }),
  wide(
    'depthwise with stride 2, even and odd sizes',
    [16, 1, 3, 3],
    { group: 16, strides: [2, 2], ...same },
    { input: [16, 6, 7] },
  ),
  wide(
    'depthwise 5x5 with stride 2, TensorFlow padding',
    [16, 1, 5, 5],
    { group: 16, strides: [2, 2], pads: [1, 2, 2, 2] },
    { input: [16, 8, 7] },
  ),
  wide(
    'depthwise with stride 3, pixels left over',
    [16, 1, 2, 2],
    { group: 16, strides: [3, 3] },
    { input: [16, 7, 7] },
  ),
  wide(
    'depthwise with dilation 2',
    [16, 1, 3, 3],
    { group: 16, dilations: [2, 2], pads: [2, 2, 2, 2] },
    { input: [16, 5, 4] },
  ),
  conformanceCase(
    'Conv',
    'a residual block',
    [
      convolution('first', ['input'], [16, 16, 3, 3], same),
      layer('Relu', { name: 'middle' }),
      convolution('second', ['middle'], [16, 16, 3, 3], same),
      layer('Add', { name: 'sum', inputs: ['second', 'input'] }),
      layer('Relu', { inputs: ['sum'] }),
    ],
    { input: [16, 4, 4], kinks },
  ),
  conformanceCase(
    'Conv',
    'an inverted bottleneck with ReLU6 and squeeze-and-excitation',
    [
      convolution('expand', ['input'], [32, 16, 1, 1], {}),
      layer('Clip', { name: 'expanded', attributes: { min: 0, max: 6 } }),
      convolution('depthwise', ['expanded'], [32, 1, 3, 3], { group: 32, strides: [2, 2], ...same }),
      layer('Sigmoid', { name: 'gate' }),
      layer('Mul', { name: 'swish', inputs: ['depthwise', 'gate'] }),
      layer('GlobalAveragePool', { name: 'squeezed', inputs: ['swish'] }),
      convolution('excite', ['squeezed'], [32, 32, 1, 1], {}),
      layer('HardSigmoid', { name: 'weights' }),
      layer('Mul', { name: 'excited', inputs: ['swish', 'weights'] }),
      convolution('project', ['excited'], [20, 32, 1, 1], {}),
    ],
    { input: [16, 5, 4], kinks },
  ),
  conformanceCase(
    'Conv',
    'one value read by a convolution, an addition and a pooling',
    [
      convolution('stem', ['input'], [16, 3, 3, 3], same),
      layer('MaxPool', { name: 'pooled', attributes: { kernel_shape: [2, 2], strides: [2, 2] } }),
      convolution('branch', ['pooled'], [16, 16, 3, 3], same),
      layer('Add', { name: 'sum', inputs: ['branch', 'pooled'] }),
      layer('Flatten', { inputs: ['sum'] }),
    ],
    { input: [3, 4, 6], kinks },
  ),
]

function convolution(
  name: string,
  inputs: readonly string[],
  weight: readonly [number, number, number, number],
  attributes: Attributes,
): LayerSketch {
  return layer('Conv', { name, inputs, attributes, parameters: { weight, bias: [weight[0]] } })
}

function wide(
  title: string,
  weight: readonly [number, number, number, number],
  attributes: Attributes,
  options: CaseOptions,
): ConformanceCase {
  return conformanceCase(
    'Conv',
    title,
    [layer('Conv', { attributes, parameters: { weight, bias: [weight[0]] } })],
    options,
  )
}
