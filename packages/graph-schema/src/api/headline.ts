import { z } from 'zod'
import { splits } from '../ports.js'
import type { Headline } from './run-summary.js'

const metricsValue = z.object({
  kind: z.literal('metrics'),
  split: z.enum(splits),
  count: z.number(),
  accuracy: z.number(),
  macroF1: z.number(),
})

/** The less a number was used to choose anything, the more it says. */
const worth: Readonly<Record<Headline['split'], number>> = { train: 0, all: 1, val: 2, test: 3 }

/**
 * The better headline of the one so far and those among a node's outputs: test before val before train, and the later
 * of equals.
 */
export function betterHeadline(current: Headline | null, outputs: Readonly<Record<string, unknown>>): Headline | null {
  return Object.values(outputs).reduce((best: Headline | null, value) => {
    const parsed = metricsValue.safeParse(value)
    if (!parsed.success) return best
    const { kind: _, ...headline } = parsed.data
    return best === null || worth[headline.split] >= worth[best.split] ? headline : best
  }, current)
}
