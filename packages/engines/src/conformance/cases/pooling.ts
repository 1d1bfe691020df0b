import type { AttributeValue } from '@graft/network'
import { conformanceCase, layer } from '../conformance-case.js'
import type { CaseOptions, ConformanceCase } from '../conformance-case.js'

type Attributes = Readonly<Record<string, AttributeValue>>

/** So many values between the same bounds lie within a finite difference's reach of each other. */
const crowded = { kinks: 'neighbouring values change places' }

const windows: readonly (readonly [title: string, attributes: Attributes, options?: CaseOptions])[] = [
  ['2x2, stride 2', { kernel_shape: [2, 2], strides: [2, 2] }],
  ['2x2, stride 2, odd size cut off', { kernel_shape: [2, 2], strides: [2, 2] }, { input: [3, 5, 7] }],
  ['2x2, stride 2, ceil_mode', { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 }, { input: [3, 5, 7] }],
  ['3x3, stride 2, padding 1', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }, { input: [3, 6, 7] }],
  [
    '3x3, stride 2, padding 1, ceil_mode',
    { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], ceil_mode: 1 },
    { input: [3, 6, 8] },
  ],
  ['3x3, stride 1, same size', { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }],
  [
    'asymmetric pads, strides and kernel',
    { kernel_shape: [3, 2], strides: [1, 3], pads: [2, 0, 1, 1] },
    { input: [2, 4, 8] },
  ],
  [
    'ceil_mode with a window that would start outside',
    { kernel_shape: [2, 2], strides: [3, 3], pads: [0, 0, 1, 1], ceil_mode: 1 },
    { input: [2, 6, 5], mayRefuse: 'onnxruntime expects a window more than it computes' },
  ],
  ['on a 1x1 map', { kernel_shape: [1, 1] }, { input: [4, 1, 1], batch: 3 }],
  ['batch 1', { kernel_shape: [3, 3] }, { batch: 1 }],
]

const spaced: CaseOptions = { values: [-2, 2.1] }

export const poolingCases: readonly ConformanceCase[] = [
  ...windows.flatMap(([title, attributes, options = {}]) => [
    conformanceCase('MaxPool', title, [layer('MaxPool', { attributes })], { ...spaced, ...options }),
    conformanceCase('AveragePool', title, [layer('AveragePool', { attributes })], options),
    conformanceCase(
      'AveragePool',
      `${title}, count_include_pad`,
      [layer('AveragePool', { attributes: { ...attributes, count_include_pad: 1 } })],
      options,
    ),
  ]),
  conformanceCase(
    'MaxPool',
    'dilation 2',
    [
      layer('MaxPool', {
        attributes: { kernel_shape: [2, 2], dilations: [2, 2], strides: [2, 1], pads: [1, 0, 0, 1] },
      }),
    ],
    { ...spaced, input: [2, 7, 6] },
  ),
  // Read by an optimiser as one padding with minus infinity, or as one that is too large.
  ...(['MaxPool', 'AveragePool'] as const).flatMap((operator) =>
    [3, 16].map((channels) =>
      conformanceCase(
        operator,
        `behind zeros around ${channels} channels of negative values`,
        [
          layer('Pad', { attributes: { pads: [0, 0, 1, 1, 0, 0, 2, 1] } }),
          layer(operator, { attributes: { kernel_shape: [2, 2], strides: [2, 2] } }),
        ],
        { values: [-9, -1], ...crowded, input: [channels, 5, 4] },
      ),
    ),
  ),
  conformanceCase(
    'MaxPool',
    'only negative values beside the padding',
    [layer('MaxPool', { attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] } })],
    { values: [-9, -1] },
  ),
  conformanceCase('MaxPool', 'ties', [layer('MaxPool', { attributes: { kernel_shape: [2, 2], strides: [2, 2] } })], {
    values: { repeat: [1, 1, 0, 0, 2] },
    withoutGradient: 'the maximum of equal values has no derivative; its own test checks where the gradient goes',
  }),
  ...(['MaxPool', 'AveragePool'] as const).flatMap((operator) => [
    conformanceCase(
      operator,
      '3x3, stride 2, padding 1, 20 channels',
      [layer(operator, { attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] } })],
      { ...spaced, ...crowded, input: [20, 6, 5] },
    ),
    conformanceCase(
      operator,
      'pixels between windows, 16 channels',
      [layer(operator, { attributes: { kernel_shape: [2, 2], strides: [3, 3], pads: [0, 1, 1, 0] } })],
      { ...spaced, ...crowded, input: [16, 7, 8] },
    ),
    conformanceCase(
      operator,
      'unequal window, 16 channels',
      [layer(operator, { attributes: { kernel_shape: [3, 2], strides: [1, 2], pads: [2, 0, 1, 1] } })],
      { ...spaced, ...crowded, input: [16, 5, 6] },
    ),
  ]),
  conformanceCase(
    'MaxPool',
    'a pixel in several windows',
    [layer('MaxPool', { attributes: { kernel_shape: [3, 3] } })],
    { ...spaced, input: [1, 6, 6] },
  ),
  ...(['GlobalAveragePool', 'GlobalMaxPool'] as const).flatMap((operator) => [
    conformanceCase(operator, 'a map', [layer(operator)], spaced),
    conformanceCase(operator, 'a 1x1 map, batch 3', [layer(operator)], { ...spaced, input: [4, 1, 1], batch: 3 }),
    conformanceCase(operator, 'then flattened, batch 1', [layer(operator), layer('Flatten')], { ...spaced, batch: 1 }),
  ]),
]
