import { engineName } from '@graft/engines'
import { describe, expect, it } from 'vitest'
import { deviceChoices, engineChoices, everyEngine } from './every-engine.js'

describe('every engine', () => {
  it('gives what can be asked for by name, each once', () => {
    expect(engineChoices).toEqual(['auto', 'onnx', 'tfjs', 'torch'])
    expect(deviceChoices).toEqual(['auto', 'cpu', 'webgpu', 'cuda'])
  })

  it('is there on every device once', () => {
    expect(new Set(everyEngine().map(engineName)).size).toBe(everyEngine().length)
  })
})
