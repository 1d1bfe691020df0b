import { describe, expect, it } from 'vitest'
import { engineName } from './engine.js'
import { engines } from './engines.js'
import { onnxEngine } from './onnx/onnx-engine.js'
import { createTfjsEngine } from './tfjs/tfjs-engine.js'

describe('the list of engines', () => {
  it('has an engine that stands in for the others', () => {
    expect(engines.some(({ standsIn }) => standsIn)).toBe(true)
  })

  it('has every engine on every device once', () => {
    expect(new Set(engines.map(engineName)).size).toBe(engines.length)
  })
})

describe('probing', () => {
  it('reports versions, devices and what was tried, for every engine', async () => {
    for (const engine of engines) {
      const info = await engine.probe()
      if (engine.standsIn) expect(info.available, info.problem).toBe(true)
      if (!info.available) {
        expect(info.problem).toMatch(new RegExp(`can't use ${engine.device} here: .+\\. .+`))
        continue
      }
      expect(Object.values(info.versions).every((version) => /^\d+\.\d+/.test(version))).toBe(true)
      expect(info.hardware).toMatch(/CPU|GPU/)
      if (engine.id === 'onnx') expect(info.backend).toBe(engine.device)
    }
  })

  it('identifies results on the processor as ever, so that what is cached stays good', async () => {
    const { id, backend, versions } = await onnxEngine.probe()
    expect({ id, backend, versions: Object.keys(versions) }).toEqual({
      id: 'onnx',
      backend: 'cpu',
      versions: ['onnxruntime-node', 'forward pass', 'training step'],
    })
  })

  it('never throws: a backend that does not exist is a problem with its fix', async () => {
    const info = await createTfjsEngine({ backend: 'abacus' as 'cpu' }).probe()
    expect(info).toMatchObject({ available: false, trains: false })
    expect(info.problem).toMatch(/no TensorFlow.js backend "abacus".*tfjs-node-gpu, tfjs-node, wasm, cpu/)
  })
})
