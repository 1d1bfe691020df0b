import { describe, expect, it } from 'vitest'
import type { Engine, EngineInfo } from './engine.js'
import { engines, selectEngines } from './engines.js'
import { createTfjsEngine } from './tfjs/tfjs-engine.js'

describe('selectEngines', () => {
  it.each([
    ['auto', 'onnx', 'tfjs'],
    ['tfjs', 'tfjs', 'tfjs'],
    ['onnx', 'onnx', 'tfjs'],
  ] as const)('%s where only tfjs trains: forward passes on %s, training on %s', async (choice, forward, training) => {
    const selected = await selectEngines(choice, [fake('onnx', {}), fake('tfjs', { trains: true })])
    expect([selected.forward.id, selected.training.id]).toEqual([forward, training])
    expect(selected.notes.length).toBe(choice === 'onnx' ? 1 : 0)
  })

  it('finds an engine for everything among the real ones', async () => {
    const selected = await selectEngines('auto')
    expect(selected.forward.id).toBe('onnx')
    expect((await selected.training.probe()).trains).toBe(true)
  })

  it('keeps both on an engine that does both, and falls back where the first one is broken', async () => {
    const both = await selectEngines('onnx', [fake('onnx', { trains: true }), fake('tfjs', {})])
    expect([both.forward.id, both.training.id, both.notes.length]).toEqual(['onnx', 'onnx', 0])
    const fallback = await selectEngines('auto', [fake('onnx', { available: false, problem: 'no library' }), fake('tfjs', { trains: true })])
    expect([fallback.forward.id, fallback.training.id]).toEqual(['tfjs', 'tfjs'])
  })

  it('says what is wrong with every engine when none can do the work', async () => {
    await expect(selectEngines('onnx', [fake('onnx', { available: false, problem: 'no library' })])).rejects.toThrow(/onnx: no library/)
    await expect(selectEngines('auto', [fake('onnx', {})])).rejects.toThrow(/No engine can train here: onnx: does not train/)
  })
})

describe('probing', () => {
  it('reports versions, devices and what was tried, for every engine', async () => {
    for (const engine of engines) {
      const info = await engine.probe()
      expect(info.available, info.problem).toBe(true)
      expect(Object.values(info.versions).every(version => /^\d+\.\d+/.test(version))).toBe(true)
      expect(info.device).toMatch(/CPU|GPU/)
      expect(info.notes.length).toBeGreaterThan(0)
    }
  })

  it('never throws: a backend that does not exist is a problem with its fix', async () => {
    const info = await createTfjsEngine({ backend: 'abacus' as 'cpu' }).probe()
    expect(info).toMatchObject({ available: false, trains: false })
    expect(info.problem).toMatch(/no TensorFlow.js backend "abacus".*tfjs-node-gpu, tfjs-node, wasm, cpu/)
  })
})

function fake(id: Engine['id'], info: Partial<EngineInfo>): Engine {
  const refuse = (): Promise<never> => Promise.reject(new Error('not part of the test'))
  return { id, device: 'cpu', probe: () => Promise.resolve({ id, available: true, trains: false, device: 'CPU', backend: 'fake', versions: {}, notes: [], ...info }), forward: refuse, trainer: refuse }
}
