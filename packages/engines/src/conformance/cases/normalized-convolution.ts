import { conformanceCase, layer } from '../conformance-case.js'
import type { CaseOptions, ConformanceCase, LayerSketch } from '../conformance-case.js'

const kinks = 'rectifiers of many mixed inputs'
const same = { pads: [1, 1, 1, 1] }

/**
 * Batch normalisations after convolutions wide enough for onnxruntime's blocked layout, in which they are then
 * computed; training of the normalisation alone included.
 */
export const normalizedConvolutionCases: readonly ConformanceCase[] = [
  normalized('whole blocks of channels', 16, 'batch', [], { input: [16, 4, 5], batch: 3 }),
  normalized('no whole blocks of channels', 20, 'batch', [], { input: [16, 4, 5], batch: 3 }),
  normalized('one image', 16, 'batch', [], { input: [16, 3, 4], batch: 1 }),
  normalized('so many pixels that sums are taken row by row', 12, 'batch', [], { input: [16, 33, 35] }),
  normalized('stored statistics', 20, 'frozen', [], { input: [16, 4, 5] }),
  normalized('stored statistics, the convolution frozen', 20, 'frozen', ['weight', 'bias'], { input: [16, 4, 5] }),
  normalized('a frozen convolution', 24, 'batch', ['weight', 'bias'], { input: [16, 4, 5] }),
  conformanceCase(
    'BatchNormalization',
    'a depthwise block with ReLU6',
    [
      convolution('expand', ['input'], [24, 16, 1, 1], {}),
      normalization('expandNorm', 'expand', 24),
      layer('Clip', { name: 'expanded', inputs: ['expandNorm'], attributes: { min: 0, max: 6 } }),
      convolution('depthwise', ['expanded'], [24, 1, 3, 3], { group: 24, strides: [2, 2], ...same }),
      normalization('depthwiseNorm', 'depthwise', 24),
      layer('Clip', { name: 'moved', inputs: ['depthwiseNorm'], attributes: { min: 0, max: 6 } }),
      convolution('project', ['moved'], [16, 24, 1, 1], {}),
      normalization('projectNorm', 'project', 16),
    ],
    { input: [16, 6, 5], kinks },
  ),
  conformanceCase(
    'BatchNormalization',
    'a residual block',
    [
      convolution('first', ['input'], [16, 16, 3, 3], same),
      normalization('firstNorm', 'first', 16),
      layer('Relu', { name: 'middle', inputs: ['firstNorm'] }),
      convolution('second', ['middle'], [16, 16, 3, 3], same),
      normalization('secondNorm', 'second', 16),
      layer('Add', { name: 'sum', inputs: ['secondNorm', 'input'] }),
      layer('Relu', { inputs: ['sum'] }),
    ],
    { input: [16, 4, 4], kinks },
  ),
  conformanceCase(
    'BatchNormalization',
    'before the convolution, as in DenseNet',
    [
      convolution('stem', ['input'], [16, 3, 3, 3], same),
      layer('MaxPool', { name: 'pooled', attributes: { kernel_shape: [2, 2], strides: [2, 2] } }),
      normalization('norm', 'pooled', 16),
      layer('Relu', { name: 'rectified', inputs: ['norm'] }),
      convolution('grow', ['rectified'], [8, 16, 1, 1], {}),
      layer('Concat', { name: 'joined', inputs: ['pooled', 'grow'], attributes: { axis: 1 } }),
      normalization('joinedNorm', 'joined', 24),
    ],
    { input: [3, 8, 8], kinks },
  ),
]

function convolution(
  name: string,
  inputs: readonly string[],
  weight: readonly [number, number, number, number],
  attributes: LayerSketch['attributes'],
): LayerSketch {
  return layer('Conv', { name, inputs, attributes: attributes ?? {}, parameters: { weight } })
}

function normalization(
  name: string,
  input: string,
  channels: number,
  statistics: 'frozen' | 'batch' = 'batch',
): LayerSketch {
  return layer('BatchNormalization', {
    name,
    inputs: [input],
    statistics,
    parameters: { scale: [channels], shift: [channels], mean: [channels], variance: [channels] },
    positive: ['variance'],
    constant: ['mean', 'variance'],
  })
}

function normalized(
  title: string,
  channels: number,
  statistics: 'frozen' | 'batch',
  constant: readonly string[],
  options: CaseOptions,
): ConformanceCase {
  const convolved = layer('Conv', {
    name: 'convolved',
    parameters: { weight: [channels, options.input?.[0] ?? 3, 1, 1], bias: [channels] },
    constant,
  })
  return conformanceCase(
    'BatchNormalization',
    `after a wide convolution, ${title}`,
    [convolved, normalization('normalized', 'convolved', channels, statistics)],
    options,
  )
}
