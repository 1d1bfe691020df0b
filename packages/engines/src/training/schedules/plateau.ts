import { z } from 'zod'
import { defineSchedule } from './schedule.js'

/**
 * Multiplies the rate by `factor` whenever the monitored value has not improved for more than `patience` epochs (PyTorch
 * `ReduceLROnPlateau` with a threshold of 0).
 */
export const plateau = defineSchedule({
  name: 'plateau',
  title: 'Reduce on plateau',
  options: z.strictObject({
    name: z.literal('plateau'),
    patience: z
      .int()
      .min(0)
      .max(1000)
      .default(3)
      .describe('Epochs without improvement that are borne before the learning rate drops.'),
    factor: z
      .number()
      .positive()
      .max(1)
      .default(0.1)
      .describe('What the learning rate is multiplied with at every drop.'),
  }),
  warmsUp: false,
  followsScores: true,
  multiplier: ({ values = [], better = 'lower' }, { patience, factor }) => factor ** drops(values, better, patience),
})

function drops(values: readonly number[], better: 'higher' | 'lower', patience: number): number {
  let best = better === 'lower' ? Infinity : -Infinity
  let waited = 0
  let count = 0
  for (const value of values) {
    const improves = better === 'lower' ? value < best : value > best
    if (improves) best = value
    waited = improves ? 0 : waited + 1
    if (waited <= patience) continue
    waited = 0
    count++
  }
  return count
}
