import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { EngineInfo } from '../engine.js'
import { speedKey } from '../choice/measurements.js'
import { openMeasurements } from './open-measurements.js'

const speed = { convolution: 3, depthwise: 2, matrixProduct: 1, stepMilliseconds: 0.5 }
const time = '2026-11-25T00:00:00.000Z'
const folder = (): Promise<string> => mkdtemp(join(tmpdir(), 'graft-measurements-'))

describe('measurements', () => {
  it('are there for the next process, one beside the other, until removed', async () => {
    const path = join(await folder(), 'new', 'engines.json')
    await openMeasurements(path).write('a', { time, speed })
    await openMeasurements(path).write('b', { time, problem: 'no driver' })
    expect(await openMeasurements(path).read('a')).toEqual({ time, speed })
    expect(await openMeasurements(path).read('b')).toEqual({ time, problem: 'no driver' })
    await openMeasurements(path).remove('a')
    expect(await openMeasurements(path).read('a')).toBeNull()
    expect(await openMeasurements(path).read('b')).not.toBeNull()
  })

  it.each([
    '',
    '{"format":1,"engines":{"a":',
    '{"format":2,"engines":{"a":{}}}',
    '[]',
    '{"format":1,"engines":{"a":{"time":"x","speed":{"convolution":-1}}}}',
  ])('count a damaged file as empty and replace it: %s', async (content) => {
    const path = join(await folder(), 'engines.json')
    await writeFile(path, content)
    expect(await openMeasurements(path).read('a')).toBeNull()
    await openMeasurements(path).write('a', { time, speed })
    expect(await openMeasurements(path).read('a')).toEqual({ time, speed })
  })

  it('never show half a file to a reader, and leave no other files behind', async () => {
    const directory = await folder()
    const path = join(directory, 'engines.json')
    const store = openMeasurements(path)
    await store.write('a', { time, speed })
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        await store.write(`key ${index}`, { time, speed })
        JSON.parse(await readFile(path, 'utf8'))
      }),
    )
    expect(await readdir(directory)).toEqual(['engines.json'])
  })

  it('do without a home that cannot be written to', async () => {
    const path = join(await folder(), 'file')
    await writeFile(path, '')
    const store = openMeasurements(join(path, 'below', 'engines.json'))
    await store.write('a', { time, speed })
    expect(await store.read('a')).toBeNull()
  })

  it('are kept apart by engine, device and versions', () => {
    const info: EngineInfo = {
      id: 'onnx',
      available: true,
      trains: true,
      hardware: 'CPU',
      backend: 'cpu',
      versions: { a: '1', b: '2' },
      notes: [],
    }
    const keys = [
      info,
      { ...info, id: 'tfjs' },
      { ...info, backend: 'webgpu' },
      { ...info, hardware: 'GPU' },
      { ...info, versions: { a: '1', b: '3' } },
    ].map(speedKey)
    expect(new Set(keys).size).toBe(5)
    expect(speedKey({ ...info, versions: { b: '2', a: '1' }, notes: ['other'] })).toBe(keys[0])
  })
})
