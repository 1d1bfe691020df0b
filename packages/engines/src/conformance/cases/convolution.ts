import { conformanceCase, layer } from '../conformance-case.js'
import type { CaseOptions, ConformanceCase } from '../conformance-case.js'
import type { AttributeValue } from '@graft/network'

type Attributes = Readonly<Record<string, AttributeValue>>

export const convolutionCases: readonly ConformanceCase[] = [
  convolution('3x3, same padding', [4, 3, 3, 3], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
  convolution('1x1 with stride 2', [4, 3, 1, 1], { kernel_shape: [1, 1], strides: [2, 2] }),
  convolution('no padding, kernel_shape left out', [2, 3, 3, 2], {}),
  convolution(
    'stride 2, PyTorch padding on even and odd sizes',
    [4, 3, 3, 3],
    { strides: [2, 2], pads: [1, 1, 1, 1] },
    { input: [3, 7, 6] },
  ),
  convolution(
    'stride 2, TensorFlow padding',
    [4, 3, 3, 3],
    { strides: [2, 2], pads: [0, 0, 1, 1] },
    { input: [3, 6, 6] },
  ),
  convolution(
    'asymmetric pads and strides',
    [2, 3, 2, 3],
    { strides: [1, 3], pads: [2, 0, 1, 3] },
    { input: [3, 5, 7] },
  ),
  convolution(
    'stride larger than the kernel',
    [2, 3, 2, 2],
    { strides: [3, 3], pads: [1, 0, 0, 1] },
    { input: [3, 7, 8] },
  ),
  convolution('dilation 2', [4, 3, 3, 3], { dilations: [2, 2], pads: [2, 2, 2, 2] }, { input: [3, 6, 7] }),
  convolution(
    'different dilations together with strides',
    [2, 3, 3, 2],
    { dilations: [1, 3], strides: [2, 2], pads: [1, 2, 1, 1] },
    { input: [3, 6, 7] },
  ),
  convolution('two groups', [6, 2, 3, 3], { group: 2, pads: [1, 1, 1, 1] }, { input: [4, 5, 4] }),
  convolution(
    'three groups, stride 2, dilation 2',
    [3, 2, 2, 2],
    { group: 3, strides: [2, 2], dilations: [2, 2] },
    { input: [6, 7, 6] },
  ),
  convolution('depthwise 3x3, same padding', [4, 1, 3, 3], { group: 4, pads: [1, 1, 1, 1] }, { input: [4, 5, 4] }),
  convolution(
    'depthwise, stride 2, PyTorch padding',
    [4, 1, 3, 3],
    { group: 4, strides: [2, 2], pads: [1, 1, 1, 1] },
    { input: [4, 6, 7] },
  ),
  convolution(
    'depthwise 5x5, stride 2, TensorFlow padding',
    [3, 1, 5, 5],
    { group: 3, strides: [2, 2], pads: [1, 2, 2, 2] },
    { input: [3, 8, 7] },
  ),
  convolution('depthwise with multiplier 2', [6, 1, 3, 3], { group: 3, pads: [1, 0, 1, 2] }, { input: [3, 5, 6] }),
  convolution(
    'depthwise, dilation 2',
    [3, 1, 3, 3],
    { group: 3, dilations: [2, 2], pads: [2, 2, 2, 2] },
    { input: [3, 6, 6] },
  ),
  convolution('depthwise over one channel is an ordinary one', [2, 1, 3, 3], { group: 1 }, { input: [1, 5, 5] }),
  convolution('on a 1x1 map', [4, 3, 3, 3], { pads: [1, 1, 1, 1] }, { input: [3, 1, 1], batch: 3 }),
  convolution('batch 1', [4, 3, 3, 3], { pads: [1, 1, 1, 1] }, { batch: 1 }),
  conformanceCase(
    'StandardisedConv',
    'with a gain, padded, behind another one without',
    [
      layer('StandardisedConv', { parameters: { weight: [4, 3, 1, 1] }, attributes: { epsilon: 0.1 } }),
      layer('StandardisedConv', {
        parameters: { weight: [2, 4, 3, 3], bias: [2], gain: [2, 1, 1, 1] },
        attributes: { pads: [1, 1, 1, 1], epsilon: 1e-4, scale: 0.5 },
      }),
    ],
    { batch: 2 },
  ),
  conformanceCase(
    'StandardisedConv',
    'in groups, with a stride',
    [
      layer('StandardisedConv', {
        parameters: { weight: [4, 2, 3, 3], bias: [4] },
        attributes: { pads: [1, 1, 1, 1], strides: [2, 2], group: 2 },
      }),
    ],
    { input: [4, 6, 6], batch: 3 },
  ),
  conformanceCase('Conv', 'without bias, twice in a row', [
    layer('Conv', { parameters: { weight: [4, 3, 3, 3] }, attributes: { pads: [1, 1, 1, 1] } }),
    layer('Conv', { parameters: { weight: [2, 4, 1, 1] } }),
  ]),
  conformanceCase('Conv', 'the shared input of two convolutions', [
    layer('Conv', { name: 'left', parameters: { weight: [2, 3, 3, 3] }, attributes: { pads: [1, 1, 1, 1] } }),
    layer('Conv', { name: 'right', inputs: ['input'], parameters: { weight: [2, 3, 1, 1] } }),
    layer('Add', { inputs: ['left', 'right'] }),
  ]),
]

function convolution(
  title: string,
  weight: readonly [number, number, number, number],
  attributes: Attributes,
  options: CaseOptions = {},
): ConformanceCase {
  return conformanceCase(
    'Conv',
    title,
    [layer('Conv', { attributes, parameters: { weight, bias: [weight[0]] } })],
    options,
  )
}
