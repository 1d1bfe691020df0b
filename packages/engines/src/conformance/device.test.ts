import { findOperator } from '@graft/network'
import { describe, expect, it } from 'vitest'
import type { EngineDevice } from '../engine.js'
import { createOnnxForward } from '../onnx/forward.js'
import { loadRuntime } from '../onnx/runtime.js'
import { computeGradients } from '../onnx/training/layer-gradients.js'
import type { ConformanceCase } from './conformance-case.js'
import { conformanceCases } from './conformance-cases.js'

const device = 'webgpu' as EngineDevice

describe('values', () => {
  it.each(conformanceCases.map(entry => [entry.operator, entry.title, entry] as const))('%s, %s', async (_, __, entry) => {
    const [here, there] = [await value(entry, 'cpu'), await value(entry, device)]
    expectClose(there, here, 'value')
  })
})

const stochastic = ({ network }: ConformanceCase): boolean => network.layers.some(layer => findOperator(layer.operator).stochastic === true && layer.attributes['ratio'] !== 0)
describe('gradients', () => {
  it.each(conformanceCases.filter(entry => entry.withoutGradient === undefined && !stochastic(entry)).map(entry => [entry.operator, entry.title, entry] as const))('%s, %s', async (_, __, entry) => {
    const size = (await value(entry, 'cpu')).length
    const gradient = Float32Array.from({ length: size }, (_, index) => Math.sin(index))
    const here = await computeGradients(await loadRuntime('cpu'), { ...entry, gradient })
    const there = await computeGradients(await loadRuntime(device), { ...entry, gradient })
    expectClose(there.value.data, here.value.data, 'value')
    for (const [name, { data }] of here.gradients) expectClose(there.gradients.get(name)?.data ?? new Float32Array(), data, name)
    for (const [name, { data }] of here.updates) expectClose(there.updates.get(name)?.data ?? new Float32Array(), data, name)
  })
})

async function value({ network, tensors, input }: ConformanceCase, on: EngineDevice): Promise<Float32Array> {
  const forward = await createOnnxForward(network, { tensors }, on)
  try {
    return (await forward.run(input))[network.output]?.data ?? new Float32Array()
  } finally {
    await forward.dispose()
  }
}

function expectClose(actual: Float32Array, expected: Float32Array, what: string): void {
  expect(actual.length, what).toBe(expected.length)
  const scale = expected.reduce((largest, entry) => Math.max(largest, Math.abs(entry)), 1)
  const worst = expected.reduce((error, entry, index) => { const d = Math.abs((actual[index] ?? Number.NaN) - entry); return Number.isNaN(d) ? Infinity : Math.max(error, d) }, 0)
  expect(worst / scale, `largest difference to the processor, ${what}`).toBeLessThan(2e-4)
}
