import type { Engine, Measurement } from '@graft/engines'
import { problemKey, speedKey } from '@graft/engines'
import { describe, expect, it } from 'vitest'
import { stubEngine } from '../../testing/run-stub-graph.js'
import { colorsFor } from '../../text/colors.js'
import { describeEngines } from './describe-engines.js'
import { examineEngine, type ExaminedEngine } from './examine-engine.js'

const colors = colorsFor({ isTTY: false } as NodeJS.WriteStream)
const speed = {
  convolution: 370.4,
  depthwise: 57.2,
  matrixProduct: 347,
  trainedConvolution: 309,
  trainedDepthwise: 2.45,
  trainedMatrixProduct: 0,
  stepMilliseconds: 1,
}
const cpu: ExaminedEngine = {
  id: 'onnx',
  available: true,
  trains: true,
  standsIn: true,
  hardware: 'CPU, 2 threads',
  backend: 'cpu',
  versions: { onnx: '1.30.0' },
  notes: [],
  speed,
}
const missing: ExaminedEngine = {
  id: 'onnx',
  available: false,
  trains: false,
  standsIn: false,
  hardware: 'none',
  backend: 'webgpu',
  versions: {},
  notes: [],
  problem: `onnxruntime can't use webgpu here: no adapter. ${'Install a driver. '.repeat(12)}`,
}

describe('what the doctor says about engines', () => {
  const lines = describeEngines([cpu, missing, { ...cpu, id: 'tfjs', backend: 'wasm' }], colors)

  it('lists every device, also one that is not there, with the reason', () => {
    expect(lines[0]).toContain('engine onnx on cpu: CPU, 2 threads, runs and trains, onnx 1.30.0')
    expect(lines[1]).toBe('- engine onnx on webgpu: not available')
    expect(lines[2]).toMatch(/^ {4}onnxruntime can't use webgpu here: no adapter\. Install/)
    expect(lines.every((line) => line.length <= 110)).toBe(true)
  })

  it('puts what was measured into one table, its columns below each other', () => {
    const table = lines.slice(lines.indexOf('') + 1)
    expect(table).toHaveLength(4)
    expect(table[1]).toMatch(/GFLOP\/s +3x3 conv +depthwise +matrix +3x3 conv +depthwise +matrix$/)
    expect(table[2]).toMatch(/^ {2}onnx cpu +370 +57 +347 +309 +2\.5 +too slow$/)
    expect(new Set(table.slice(1).map(({ length }) => length)).size).toBe(1)
  })

  it('shows no table when nothing was measured', () => {
    expect(describeEngines([missing], colors).some((line) => line.includes('GFLOP'))).toBe(false)
  })
})

describe('examining an engine', () => {
  const remembering = (entries: Record<string, Measurement>) => ({
    read: async (key: string) => entries[key] ?? null,
    write: async (key: string, value: Measurement) => void (entries[key] = value),
    remove: async (key: string) => void delete entries[key],
  })
  const engine: Engine = { ...stubEngine('1.0'), device: 'webgpu', standsIn: false }

  it('measures, and leaves the figures to later runs, which then know that the device has turned up', async () => {
    const entries: Record<string, Measurement> = { [problemKey(engine)]: { time: '', problem: 'no adapter' } }
    expect((await examineEngine(engine, remembering(entries), async () => speed)).speed).toEqual(speed)
    expect(entries).toEqual({ [speedKey(await engine.probe())]: { time: expect.any(String) as string, speed } })
  })

  it('tells later runs what does not work, without measuring it', async () => {
    const entries: Record<string, Measurement> = {}
    const broken: Engine = { ...engine, probe: async () => missing }
    expect(
      await examineEngine(broken, remembering(entries), async () => Promise.reject(new Error('measured'))),
    ).toEqual(missing)
    expect(entries[problemKey(broken)]).toMatchObject({ problem: missing.problem })
  })

  it('notes an engine that is there but fails', async () => {
    const info = await examineEngine(engine, remembering({}), async () => Promise.reject(new Error('device lost')))
    expect(info).toMatchObject({ available: true, problem: "It can't be measured: device lost" })
  })
})
