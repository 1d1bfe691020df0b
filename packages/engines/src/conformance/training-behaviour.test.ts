import { describe, expect, it } from 'vitest'
import { conformanceCase, layer } from './conformance-case.js'
import type { ConformanceCase } from './conformance-case.js'
import { trainersUnderTest } from './engines-under-test.js'
import { offset, openProbe, outputSize } from './probe-step.js'

/** What finite differences can't show: ties, running statistics, dropout masks. */
describe.each(trainersUnderTest)('training behaviour of $name', ({ engine }) => {
  // Which one is up to the backend: cpu takes the first, as PyTorch does, wasm mostly the last.
  it('sends the gradient of equal maxima in a window to exactly one of them', async () => {
    for (const value of [-3, 0, 2]) {
      const pooled = conformanceCase(
        'MaxPool',
        'all equal',
        [layer('MaxPool', { attributes: { kernel_shape: [2, 2], strides: [2, 2] } })],
        { input: [1, 2, 4], batch: 1, values: { repeat: [value] } },
      )
      const windows = touched(await inputGradient(pooled)).map((index) => Math.floor((index % 4) / 2))
      expect(windows.sort()).toEqual([0, 1])
    }
  })

  it('never sends the gradient into the padding', async () => {
    const padded = conformanceCase(
      'MaxPool',
      'all equal, padded',
      [layer('MaxPool', { attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] } })],
      { input: [1, 3, 3], batch: 1, values: { repeat: [-1] } },
    )
    expect(touched(await inputGradient(padded))).toHaveLength(4)
  })

  it('finds the maximum of a negative window whatever its size', async () => {
    const values = { repeat: [-1e4, -1e-3, -5, -2, -1e-4, -7, -1e3, -3] }
    const pooled = conformanceCase(
      'MaxPool',
      'negative',
      [layer('MaxPool', { attributes: { kernel_shape: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0] } })],
      { input: [1, 2, 4], batch: 1, values },
    )
    expect(touched(await inputGradient(pooled))).toEqual([3, 4])
  })

  it('shares the gradient of ReduceMax between equal maxima', async () => {
    const reduced = conformanceCase(
      'ReduceMax',
      'ties',
      [layer('ReduceMax', { attributes: { axes: [1, 2, 3], keepdims: 0 } })],
      { input: [1, 2, 2], batch: 1, values: { repeat: [3, 1, 3, 0] } },
    )
    const [first, second, third] = await inputGradient(reduced)
    expect(second).toBe(0)
    expect(third).toBe(first)
    expect(Math.abs(first ?? 0)).toBeGreaterThan(0)
  })

  it("normalises with the batch's statistics and moves the stored ones as PyTorch does", async () => {
    const normalised = batchNormalised({ repeat: [1, 2, 4, 7, 3, 5] }, 'batch')
    const { output, after } = await trained(normalised, 0)
    // Channel 0 of both images holds 1, 2, 4, 7, 3, 5 once each: mean 22/6, biased variance 104/6 - (22/6)², unbiased
    // 6/5 of it.
    const mean = 22 / 6
    const variance = 104 / 6 - mean * mean
    const [scale = 0, shift = 0] = ['scale', 'shift'].map(
      (slot) => normalised.tensors.get(`layer0.${slot}`)?.data[0] ?? 0,
    )
    expect(output[0]).toBeCloseTo(((1 - mean) / Math.sqrt(variance + 1e-5)) * scale + shift, 5)
    const stored = (slot: string): number => normalised.tensors.get(`layer0.${slot}`)?.data[0] ?? 0
    expect(after('layer0.mean')).toBeCloseTo(0.9 * stored('mean') + 0.1 * mean, 5)
    expect(after('layer0.variance')).toBeCloseTo(0.9 * stored('variance') + 0.1 * variance * (6 / 5), 5)
  })

  it('moves statistics that two layers share once for each of them, as PyTorch does', async () => {
    const parameters = { scale: [1], shift: [1], mean: [1], variance: [1] }
    const shared = Object.fromEntries(Object.keys(parameters).map((slot) => [slot, `layer0.${slot}`]))
    const constant = ['mean', 'variance']
    const entry = conformanceCase(
      'BatchNormalization',
      'two layers',
      [
        layer('BatchNormalization', { statistics: 'batch', parameters, positive: ['variance'], constant }),
        layer('BatchNormalization', { statistics: 'batch', shared }),
      ],
      { input: [1, 1, 3], batch: 2, values: { repeat: [1, 2, 4, 7, 3, 5] } },
    )
    const { after } = await trained(entry, 0)
    const stored = (slot: string): number => entry.tensors.get(`layer0.${slot}`)?.data[0] ?? 0
    const mean = 22 / 6
    const variance = 104 / 6 - mean * mean
    // What comes out of the first has its shift as mean, and about the square of its scale as variance.
    const passed = (stored('scale') ** 2 * variance) / (variance + 1e-5)
    const moved = (before: number, first: number, second: number): number =>
      0.9 * (0.9 * before + 0.1 * first) + 0.1 * second
    expect(after('layer0.mean')).toBeCloseTo(moved(stored('mean'), mean, stored('shift')), 5)
    expect(after('layer0.variance')).toBeCloseTo(moved(stored('variance'), variance * 1.2, passed * 1.2), 5)
  })

  // Added up one after the other, a thousand numbers lose enough that a step of MobileNetV2 was 1e-4 off PyTorch's.
  it("keeps the digits of the batch's means over maps of 1,024 pixels", async () => {
    const channels = [16]
    const parameters = { scale: channels, shift: channels, mean: channels, variance: channels }
    const options = { parameters, positive: ['variance'], constant: ['mean', 'variance'], statistics: 'batch' } as const
    const entry = conformanceCase(
      'BatchNormalization',
      'large maps',
      [layer('Conv', { parameters: { weight: [16, 3, 1, 1] } }), layer('BatchNormalization', options)],
      { input: [3, 32, 32], batch: 1, values: { repeat: [0.1, 0.7, 0.3, 0.9, 0.2] } },
    )
    const probe = await openProbe(engine, entry, new Float32Array(outputSize(entry)).fill(1), 0)
    const { after } = await probe.step()
    await probe.dispose()
    const valuesOf = (name: string): number[] => [...(entry.tensors.get(name)?.data ?? [])]
    const [weights, stored] = [valuesOf('layer0.weight'), valuesOf('layer1.mean')]
    const planes = [0, 1, 2].map((plane) => entry.input.data.slice(plane * 1024, (plane + 1) * 1024))
    const means = planes.map((plane) => [...plane].reduce((sum, value) => sum + value, 0) / 1024)
    const off = stored.map((before, channel) => {
      const mean = means.reduce((sum, value, plane) => sum + value * (weights[3 * channel + plane] ?? 0), 0)
      return Math.abs(((after.get('layer1.mean')?.data[channel] ?? 0) - 0.9 * before) / 0.1 - mean)
    })
    expect(Math.max(...off)).toBeLessThan(1e-6)
  })

  it('leaves frozen statistics alone', async () => {
    const entry = batchNormalised({ repeat: [1, 2, 4, 7, 3, 5] }, 'frozen')
    const { after } = await trained(entry, 0)
    for (const name of ['layer0.mean', 'layer0.variance']) expect(after(name)).toBe(entry.tensors.get(name)?.data[0])
  })

  it('drops about the asked share, scales the rest up, and repeats itself for the same seed only', async () => {
    const dropped = conformanceCase('Dropout', 'mask', [layer('Dropout', { attributes: { ratio: 0.25 } })], {
      input: [10, 10, 10],
      batch: 1,
      values: { repeat: [3] },
    })
    const { output } = await trained(dropped, 5)
    const kept = output.filter((value) => value !== 0)
    expect(kept.every((value) => Math.abs(value - 4) < 1e-5)).toBe(true)
    expect(kept.length / output.length).toBeGreaterThan(0.68)
    expect(kept.length / output.length).toBeLessThan(0.82)
    expect((await trained(dropped, 5)).output).toEqual(output)
    expect((await trained(dropped, 6)).output).not.toEqual(output)
  })

  /** The gradient of the summed outputs by the input. */
  async function inputGradient(entry: ConformanceCase): Promise<Float32Array> {
    return (await trained(entry, 0)).gradients.get(offset) ?? new Float32Array()
  }

  async function trained(entry: ConformanceCase, seed: number) {
    const probe = await openProbe(engine, entry, new Float32Array(outputSize(entry)).fill(1), seed)
    const { gradients, after } = await probe.step()
    const output = [...(await probe.outputs()).data]
    await probe.dispose()
    return { gradients, output, after: (name: string): number => after.get(name)?.data[0] ?? Number.NaN }
  }
})

function batchNormalised(
  values: { readonly repeat: readonly number[] },
  statistics: 'batch' | 'frozen',
): ConformanceCase {
  const parameters = { scale: [1], shift: [1], mean: [1], variance: [1] }
  return conformanceCase(
    'BatchNormalization',
    'by hand',
    [layer('BatchNormalization', { statistics, parameters, positive: ['variance'], constant: ['mean', 'variance'] })],
    { input: [1, 1, 3], batch: 2, values },
  )
}

const touched = (gradient: Float32Array): number[] => [...gradient.keys()].filter((index) => gradient[index] !== 0)
