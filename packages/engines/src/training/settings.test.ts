import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { trainSettings, trainSettingsFields } from './settings.js'

describe('trainSettings', () => {
  it('has a default for everything', () => {
    expect(trainSettings.parse({})).toMatchObject({
      epochs: 20,
      optimizer: { name: 'adamw', weightDecay: 1e-4 },
      schedule: { name: 'constant' },
      earlyStopping: null,
      restoreBest: true,
    })
    expect(
      trainSettings.parse({ optimizer: { name: 'sgd' }, schedule: { name: 'step' }, earlyStopping: {} }),
    ).toMatchObject({
      optimizer: { momentum: 0.9, nesterov: false, weightDecay: 0 },
      schedule: { everyEpochs: 7, factor: 0.1 },
      earlyStopping: { metric: 'loss', patience: 5, minDelta: 0 },
    })
  })

  it('can be written as a JSON Schema, for forms', () => {
    expect(z.toJSONSchema(trainSettingsFields, { io: 'input' }).properties).toHaveProperty('learningRate')
  })

  it.each([
    ['an unknown field', { learningrate: 1 }, 'learningrate'],
    ['a field of another optimizer', { optimizer: { name: 'adam', momentum: 0.9 } }, 'momentum'],
    ['Nesterov without momentum', { optimizer: { name: 'sgd', momentum: 0, nesterov: true } }, 'raise momentum'],
    ['a negative learning rate', { learningRate: -1 }, 'learningRate'],
    ['smoothing everything away', { labelSmoothing: 1 }, 'labelSmoothing'],
  ])('refuses %s and names it', (_, settings, message) => {
    const parsed = trainSettings.safeParse(settings)
    expect(parsed.error && z.prettifyError(parsed.error)).toContain(message)
  })
})
