import { conformanceCase, layer } from '../conformance-case.js'
import type { ConformanceCase } from '../conformance-case.js'

const flattened = layer('Flatten')
/** `[n, c, h * w]` from the input. */
const sequence = (channels: number, length: number): ReturnType<typeof layer> =>
  layer('Reshape', { name: 'sequence', attributes: { shape: [0, channels, length] } })

export const matrixCases: readonly ConformanceCase[] = [
  conformanceCase(
    'Gemm',
    'transB with bias',
    [flattened, layer('Gemm', { attributes: { transB: 1 }, parameters: { weight: [5, 12], bias: [5] } })],
    { input: [3, 2, 2] },
  ),
  conformanceCase(
    'Gemm',
    'plain weight without bias',
    [flattened, layer('Gemm', { parameters: { weight: [12, 5] } })],
    { input: [3, 2, 2], batch: 3 },
  ),
  conformanceCase(
    'Gemm',
    'alpha and beta',
    [
      flattened,
      layer('Gemm', { attributes: { alpha: 0.5, beta: -2, transB: 1 }, parameters: { weight: [2, 4], bias: [2] } }),
    ],
    { input: [4, 1, 1] },
  ),
  conformanceCase(
    'Gemm',
    'two layers, batch 1',
    [
      flattened,
      layer('Gemm', { attributes: { transB: 1 }, parameters: { weight: [6, 12], bias: [6] } }),
      layer('Gemm', { attributes: { transB: 1 }, parameters: { weight: [1, 6], bias: [1] } }),
    ],
    { input: [3, 2, 2], batch: 1 },
  ),
  conformanceCase('MatMul', 'a weight on a matrix', [flattened, layer('MatMul', { parameters: { weight: [12, 3] } })], {
    input: [3, 2, 2],
  }),
  conformanceCase(
    'MatMul',
    'a weight on a sequence',
    [sequence(3, 6), layer('MatMul', { parameters: { weight: [6, 2] } })],
    { input: [3, 2, 3] },
  ),
  conformanceCase('MatMul', 'a weight with its own batch axes', [
    layer('MatMul', { parameters: { weight: [3, 4, 2] } }),
  ]),
  conformanceCase('MatMul', 'two data inputs: attention scores', [
    layer('Transpose', { name: 'turned', attributes: { perm: [0, 1, 3, 2] } }),
    layer('MatMul', { inputs: ['input', 'turned'] }),
  ]),
  conformanceCase('MatMul', 'two data inputs, one broadcast', [
    layer('ReduceMean', { name: 'mean', attributes: { axes: [1] } }),
    layer('Transpose', { name: 'turned', attributes: { perm: [0, 1, 3, 2] } }),
    layer('MatMul', { inputs: ['input', 'turned'] }),
  ]),
  conformanceCase(
    'MatMul',
    "a transformer's linear layer: its bias is added, a scale per feature follows",
    [
      sequence(3, 6),
      layer('MatMul', { parameters: { weight: [6, 4] } }),
      layer('Add', { parameters: { operand: [4] } }),
      layer('Mul', { parameters: { operand: [4] } }),
    ],
    { input: [3, 2, 3], batch: 3 },
  ),
  conformanceCase(
    'ClassToken',
    'before a sequence',
    [
      sequence(3, 4),
      layer('Transpose', { attributes: { perm: [0, 2, 1] } }),
      layer('ClassToken', { parameters: { token: [1, 1, 3] } }),
    ],
    { input: [3, 2, 2], batch: 3 },
  ),
  conformanceCase(
    'ClassToken',
    'three tokens at once, as registers',
    [sequence(3, 4), layer('ClassToken', { parameters: { token: [1, 3, 4] } })],
    { input: [3, 2, 2], batch: 2 },
  ),
  conformanceCase(
    'ClassToken',
    'added to a position embedding, batch 1',
    [
      sequence(3, 4),
      layer('ClassToken', { parameters: { token: [1, 1, 4] } }),
      layer('Add', { parameters: { operand: [1, 4, 4] } }),
    ],
    { input: [3, 2, 2], batch: 1 },
  ),
  conformanceCase(
    'TableBias',
    'heads last in the table, entries used several times, behind a product of matrices',
    [
      layer('Reshape', { attributes: { shape: [0, 2, 3, 3] } }),
      layer('MatMul', { inputs: ['layer0', 'layer0'] }),
      layer('TableBias', {
        attributes: { axis: 0, indices: [0, 1, 4, 1, 0, 1, 3, 1, 0], shape: [1, 2, 3, 3] },
        parameters: { table: [5, 2] },
      }),
      layer('Softmax'),
    ],
    { input: [2, 3, 3], batch: 3 },
  ),
  conformanceCase(
    'TableBias',
    'heads first in the table, batch 1',
    [
      layer('TableBias', {
        attributes: { axis: 1, indices: [2, 0, 2, 1], shape: [3, 1, 4] },
        parameters: { table: [3, 3] },
      }),
    ],
    { input: [3, 5, 4], batch: 1 },
  ),
  conformanceCase(
    'ParameterValue',
    'a bias that a small network computes of positions, behind a product of matrices',
    [
      sequence(2, 4),
      layer('ParameterValue', {
        name: 'positions',
        inputs: ['sequence'],
        parameters: { constant: [2, 3] },
        constant: ['constant'],
      }),
      layer('MatMul', { inputs: ['positions'], parameters: { weight: [3, 4] } }),
      layer('Sigmoid', { name: 'bias' }),
      layer('Add', { inputs: ['sequence', 'bias'] }),
    ],
    { input: [2, 2, 2], batch: 3 },
  ),
  conformanceCase(
    'ParameterValue',
    'a scale that is the exponential of a learned number, one for each channel',
    [
      layer('ParameterValue', { name: 'logarithm', inputs: ['input'], parameters: { value: [3, 1, 1] } }),
      layer('Exp', { name: 'scale' }),
      layer('Mul', { inputs: ['input', 'scale'] }),
    ],
    { input: [3, 5, 4], batch: 2 },
  ),
]
