import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Engine, EngineInfo } from '../engine.js'
import { engines } from '../engines.js'
import { openMeasurements } from '../node/open-measurements.js'
import { stubEngine } from '../testing/stub-engine.js'
import { rememberProbe } from './remember-probe.js'

const info: EngineInfo = {
  id: 'tfjs',
  available: true,
  trains: true,
  hardware: 'CPU, 1 thread',
  backend: 'wasm',
  versions: { tfjs: '4' },
  notes: ['so'],
}
const never = (): Promise<never> => Promise.reject(new Error('not here'))

/** An engine that counts how often it is loaded. */
function counted(answer: EngineInfo, installed: string): { readonly engine: Engine; loaded(): number } {
  let loaded = 0
  const probe = async (): Promise<EngineInfo> => (loaded++, answer)
  return {
    engine: stubEngine('tfjs', { probe, installed: async () => installed }),
    loaded: () => loaded,
  }
}

const path = async (): Promise<string> => join(await mkdtemp(join(tmpdir(), 'graft-probe-')), 'engines.json')

describe('rememberProbe', () => {
  it('loads an engine once, whatever process asks, and gives what it said', async () => {
    const file = await path()
    const first = counted(info, 'tfjs 4')
    expect(await rememberProbe(first.engine, openMeasurements(file)).probe()).toEqual(info)
    const later = counted({ ...info, hardware: 'other' }, 'tfjs 4')
    expect(await rememberProbe(later.engine, openMeasurements(file)).probe()).toEqual(info)
    expect([first.loaded(), later.loaded()]).toEqual([1, 0])
  })

  it('asks again when something else is installed', async () => {
    const file = await path()
    await rememberProbe(counted(info, 'tfjs 4').engine, openMeasurements(file)).probe()
    const other = { ...info, versions: { tfjs: '5' } }
    expect(await rememberProbe(counted(other, 'tfjs 5').engine, openMeasurements(file)).probe()).toEqual(other)
  })

  it('asks again after bad news, because they may have been mended', async () => {
    const file = await path()
    const broken: EngineInfo = { ...info, available: false, problem: 'no library' }
    expect(await rememberProbe(counted(broken, 'tfjs 4').engine, openMeasurements(file)).probe()).toEqual(broken)
    expect(await rememberProbe(counted(info, 'tfjs 4').engine, openMeasurements(file)).probe()).toEqual(info)
  })

  it('leaves engines alone that do not say what is installed', async () => {
    const { engine } = counted(info, '')
    const { installed: _, ...plain } = engine
    expect(rememberProbe(plain, openMeasurements(await path()))).toBe(plain)
  })

  it.each(engines.filter((engine) => engine.installed))('gives of $id just what it says itself', async (engine) => {
    const file = await path()
    const said = await engine.probe()
    await rememberProbe(engine, openMeasurements(file)).probe()
    expect(await rememberProbe({ ...engine, probe: never }, openMeasurements(file)).probe()).toEqual(said)
  })
})
