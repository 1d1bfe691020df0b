import { encodeOnnxModel, findOperator, toOnnxModel } from '@graft/network'
import type { AttributeValue } from '@graft/network'
import type { InferenceSession } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { loadRuntime } from '../onnx/runtime.js'
import { conformanceCase, layer } from './conformance-case.js'
import type { ConformanceCase, LayerSketch } from './conformance-case.js'
import { conformanceCases } from './conformance-cases.js'

// Research "Files" 9: what onnxruntime's optimiser makes of an exported file must give the numbers of the file.

const paddings: readonly Readonly<Record<string, AttributeValue>>[] = [
  { pads: [0, 0, 1, 1, 0, 0, 1, 1] },
  { pads: [0, 0, 0, 0, 0, 0, 1, 1] },
  { pads: [0, 0, 2, 1, 0, 0, 0, 3] },
  { pads: [0, 0, 2, 2, 0, 0, 2, 2], value: -2 },
  { pads: [0, 0, 1, 1, 0, 0, 1, 1], mode: 'edge' },
  { pads: [0, 0, 1, 1, 0, 0, 1, 1], mode: 'reflect' },
  { pads: [0, 1, 1, 1, 0, 1, 1, 1] },
]

/** What an optimiser takes out before it looks at the padding. */
const bridges: Readonly<Record<string, readonly LayerSketch[]>> = {
  directly: [],
  'behind Identity': [layer('Identity')],
  'behind Dropout': [layer('Dropout', { attributes: { ratio: 0.5 } })],
  'behind transposes that cancel': [
    layer('Transpose', { attributes: { perm: [0, 2, 3, 1] } }),
    layer('Transpose', { attributes: { perm: [0, 3, 1, 2] } }),
  ],
  'behind a second padding': [layer('Pad', { attributes: { pads: [0, 0, 0, 1, 0, 0, 1, 0] } })],
  'behind Relu': [layer('Relu')],
}

const keepsChannels = ({ pads }: Readonly<Record<string, AttributeValue>>): boolean =>
  Array.isArray(pads) && pads[1] === 0

const window = (
  operator: string,
  attributes: Readonly<Record<string, AttributeValue>>,
): { title: string; sketch: LayerSketch } => ({
  title: `${operator} ${JSON.stringify(attributes)}`,
  sketch: layer(operator, { attributes }),
})

const windows = [
  window('MaxPool', { kernel_shape: [2, 2] }),
  window('MaxPool', { kernel_shape: [3, 3], strides: [2, 2] }),
  window('MaxPool', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
  window('MaxPool', { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }),
  window('MaxPool', { kernel_shape: [2, 2], dilations: [2, 2] }),
  ...[0, 1].map((count_include_pad) =>
    window('AveragePool', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], count_include_pad }),
  ),
  window('AveragePool', { kernel_shape: [2, 2] }),
  window('GlobalMaxPool', {}),
  window('GlobalAveragePool', {}),
  window('ReduceMax', { axes: [2, 3] }),
  { title: 'Conv', sketch: layer('Conv', { parameters: { weight: [4, 2, 3, 3] }, attributes: { strides: [2, 2] } }) },
]

const levels = ['basic', 'extended', 'all'] as const

describe('An exported file gives the same numbers with and without the optimiser of onnxruntime (fault 9)', () => {
  const deterministic = conformanceCases.filter(({ operator }) => findOperator(operator).stochastic !== true)
  const names = [...new Set(deterministic.map(({ operator }) => operator))]
  it.each(names)('in every case of %s', async (name) => {
    for (const entry of deterministic.filter(({ operator }) => operator === name)) await expectSameAtAllLevels(entry)
  })
})

describe('Padding before pooling and convolutions, in all combinations (fault 9)', () => {
  it.each(windows.map(({ title, sketch }) => [title, sketch] as const))('%s', async (_, window) => {
    for (const pads of paddings.filter((amounts) => window.operator !== 'Conv' || keepsChannels(amounts)))
      for (const [between, middle] of Object.entries(bridges))
        await expectSameAtAllLevels(
          conformanceCase(
            'Pad',
            `${JSON.stringify(pads)} ${between}`,
            [layer('Pad', { attributes: pads }), ...middle, window],
            {
              input: [2, 7, 6],
              // Where all is negative a padding of zeros wins, and one of minus infinity doesn't.
              values: [-3, -1],
            },
          ),
        )
  })
})

async function expectSameAtAllLevels(entry: ConformanceCase): Promise<void> {
  const file = encodeOnnxModel(toOnnxModel(entry.network, entry.tensors, { softmax: false }))
  const plain = await valuesAt('disabled', file, entry)
  for (const level of levels) {
    const optimised = await valuesAt(level, file, entry)
    const worst = plain.reduce((error, value, index) => {
      const difference = Math.abs((optimised[index] ?? Number.NaN) - value) / (1 + Math.abs(value))
      return difference > error || Number.isNaN(difference) ? difference : error
    }, 0)
    expect(optimised.length).toBe(plain.length)
    expect(worst, `${entry.title}, optimised (${level}) against plain`).toBeLessThan(1e-4)
  }
}

async function valuesAt(
  graphOptimizationLevel: NonNullable<InferenceSession.SessionOptions['graphOptimizationLevel']>,
  file: Uint8Array,
  { network, input }: ConformanceCase,
): Promise<Float32Array> {
  const { runtime } = await loadRuntime()
  const session = await runtime.InferenceSession.create(file, { graphOptimizationLevel, logSeverityLevel: 3 })
  try {
    const results = await session.run({
      [network.input.name]: new runtime.Tensor('float32', input.data, [...input.shape]),
    })
    return results[network.output]?.data as Float32Array
  } finally {
    await session.release()
  }
}
