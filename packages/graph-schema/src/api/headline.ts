import { worthRank } from '../splits.js'
import { metricsValueSchema } from '../values/metrics.js'
import { primaryScore } from '../values/scores.js'
import type { Headline } from './run-summary.js'

/**
 * The better headline of the one so far and those among a node's outputs: test before val before train, and the later
 * of equals.
 */
export function betterHeadline(current: Headline | null, outputs: Readonly<Record<string, unknown>>): Headline | null {
  return Object.values(outputs).reduce((best: Headline | null, value) => {
    const headline = headlineOf(value)
    if (headline === null) return best
    return best === null || worthRank(headline.split) <= worthRank(best.split) ? headline : best
  }, current)
}

function headlineOf(output: unknown): Headline | null {
  const parsed = metricsValueSchema.safeParse(output)
  const score = parsed.success ? primaryScore(parsed.data) : null
  if (!parsed.success || score === null || !Number.isFinite(score.value)) return null
  const { value, ...metric } = score
  return { metric, value, count: parsed.data.count, split: parsed.data.split }
}
