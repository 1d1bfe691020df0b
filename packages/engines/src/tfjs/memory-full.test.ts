import { describe, expect, it } from 'vitest'
import { refusalOf } from '@graft/errors/testing'
import { EngineError } from '../engine.js'
import { withinMemory } from './memory-full.js'

const failing = (error: unknown) => () =>
  withinMemory(16, () => {
    throw error
  })

describe('what TensorFlow.js computes within its memory', () => {
  it('is handed on', () => expect(withinMemory(16, () => 7)).toBe(7))

  it.each([
    'memory access out of bounds',
    'abort(OOM): Cannot enlarge memory arrays',
    'Array buffer allocation failed',
  ])('is an EngineError with a way out when it ran out: %s', (message) => {
    expect(failing(new Error(message))).toThrow(EngineError)
    expect(refusalOf(failing(new Error(message)))).toMatch(/batch of 16 images.*smaller batch.*onnx/)
  })

  it('leaves other errors as they are', () => {
    const fault = new Error('shapes differ')
    expect(failing(fault)).toThrow(fault)
    const own = new EngineError('the engine has run out of memory, it says itself', '')
    expect(failing(own)).toThrow(own)
  })
})
