import { describe, expect, it } from 'vitest'
import type { Engine, EngineInfo } from '../engine.js'
import { engines } from '../engines.js'
import { stubEngine } from '../testing/stub-engine.js'
import { selectEngines } from './select-engines.js'

const fake = (id: string, info: Partial<EngineInfo>, changes: Partial<Engine> = {}): Engine =>
  stubEngine(id, changes, { trains: false, ...info })

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
    const selected = await selectEngines('auto', engines)
    expect(selected.forward.id).toBe('onnx')
    expect((await selected.training.probe()).trains).toBe(true)
  })

  it('keeps both on an engine that does both, and falls back where the first one is broken', async () => {
    const both = await selectEngines('onnx', [fake('onnx', { trains: true }), fake('tfjs', {})])
    expect([both.forward.id, both.training.id, both.notes.length]).toEqual(['onnx', 'onnx', 0])
    const fallback = await selectEngines('auto', [
      fake('onnx', { available: false, problem: 'no library' }),
      fake('tfjs', { trains: true }),
    ])
    expect([fallback.forward.id, fallback.training.id]).toEqual(['tfjs', 'tfjs'])
  })

  it('says what is wrong with every engine when none can do the work', async () => {
    await expect(selectEngines('onnx', [fake('onnx', { available: false, problem: 'no library' })])).rejects.toThrow(
      /onnx: no library/,
    )
    await expect(selectEngines('auto', [fake('onnx', {})])).rejects.toThrow(
      /No engine can train here: onnx: does not train/,
    )
  })
})

describe('selectEngines with a device', () => {
  const [cpu, gpu, tfjs] = [
    fake('onnx', { trains: true }),
    fake('onnx', { trains: true }, { device: 'webgpu' }),
    fake('tfjs', { trains: true }),
  ]

  it('keeps to the processor unless another device is asked for, which then has the processor to fall back on', async () => {
    const usual = await selectEngines('auto', [cpu, gpu, tfjs])
    expect([usual.forward, usual.training, usual.fallback]).toEqual([cpu, cpu, [tfjs]])
    const asked = await selectEngines({ engine: 'auto', device: 'webgpu' }, [cpu, gpu, tfjs])
    expect([asked.forward, asked.training, asked.fallback, asked.warnings]).toEqual([gpu, gpu, [cpu, tfjs], []])
  })

  it('replaces a device that is not there with a warning that says which, why and what instead', async () => {
    const broken = fake('onnx', { available: false, problem: 'no adapter. Install a driver.' }, { device: 'webgpu' })
    const selected = await selectEngines({ engine: 'onnx', device: 'webgpu' }, [cpu, broken, tfjs])
    expect([selected.forward, selected.training]).toEqual([cpu, cpu])
    expect(selected.warnings).toEqual([
      'Everything runs on onnx instead of onnx on webgpu. onnx on webgpu: no adapter. Install a driver.',
    ])
  })

  it('leaves devices alone that no one asked for', async () => {
    const untouched = fake('onnx', {}, { device: 'cuda', probe: () => Promise.reject(new Error('was asked')) })
    expect((await selectEngines({ engine: 'onnx', device: 'cpu' }, [cpu, untouched, tfjs])).training).toBe(cpu)
  })

  it('lets an engine that stands in for no one run only where it is asked for by name, on the first of its devices', async () => {
    const [slow, fast] = [
      fake('torch', { trains: true }, { standsIn: false }),
      fake('torch', { trains: true }, { standsIn: false, device: 'cuda' }),
    ]
    const usual = await selectEngines('auto', [slow, fast, cpu, tfjs])
    expect([usual.training, usual.fallback]).toEqual([cpu, [tfjs]])
    const asked = await selectEngines('torch', [slow, fast, cpu, tfjs])
    expect([asked.forward, asked.training, asked.fallback]).toEqual([slow, slow, [cpu, tfjs]])
  })
})
