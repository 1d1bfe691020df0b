import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { checkTrainSettings, optimizerOf, scheduleOf, trainForm, trainSettings, warmupOf } from './index.js'

describe('trainSettings', () => {
  it('has a default for everything', () => {
    const settings = trainSettings.parse({})
    expect(settings).toMatchObject({ epochs: 30, batchSize: 32, learningRate: 1e-3, backboneMultiplier: 0.1, seed: 1 })
    expect(optimizerOf(settings)).toEqual({
      name: 'adamw',
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 1e-2,
    })
    expect(scheduleOf(settings)).toMatchObject({ name: 'cosine' })
  })

  it('gives optimizer and schedule the fields that are theirs', () => {
    const settings = trainSettings.parse({ optimizer: 'sgd', nesterov: true, schedule: 'step', stepEvery: 3 })
    expect(optimizerOf(settings)).toEqual({ name: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 1e-2 })
    expect(scheduleOf(settings)).toEqual({ name: 'step', everyEpochs: 3, factor: 0.1 })
  })

  it('has fields for forms, as JSON Schema, in the order of the form', () => {
    const { properties } = z.toJSONSchema(z.strictObject(trainForm), { io: 'input' })
    expect(Object.keys(properties ?? {}).slice(0, 4)).toEqual(['method', 'penalty', 'epochs', 'batchSize'])
    expect(properties).not.toHaveProperty('beta1')
  })

  it.each([
    ['an unknown field', { learningrate: 1 }, 'learningrate'],
    ['Nesterov without momentum', { optimizer: 'sgd', momentum: 0, nesterov: true }, 'Raise momentum'],
    ['a negative learning rate', { learningRate: -1 }, 'learningRate'],
    ['smoothing everything away', { labelSmoothing: 1 }, 'labelSmoothing'],
  ])('refuses %s and names it', (_, settings, message) => {
    const parsed = trainSettings.safeParse(settings)
    expect(parsed.error && z.prettifyError(parsed.error)).toContain(message)
  })

  it('warns of a warm-up before a schedule that warms up by itself, and leaves it out', () => {
    const settings = trainSettings.parse({ schedule: 'oneCycle', warmup: 0.2 })
    expect(checkTrainSettings(settings)).toMatchObject([{ code: 'warmup-ignored', severity: 'warning' }])
    expect(warmupOf(settings)).toBe(0)
  })
})
