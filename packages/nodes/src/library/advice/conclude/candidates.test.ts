import type { AdviceCandidate } from '@graft/graph-schema'
import { expect, it } from 'vitest'
import { type MeasuredCandidate, triedCandidate } from './candidates.js'

it('copies among the images that tried fine-tuning was measured on count once in its interval', () => {
  const hits = Float64Array.of(1, 1, 1, 1, 0, 0, 1, 1)
  const chosen = { hits } as unknown as MeasuredCandidate
  const tried = { epochs: 3, rows: [...hits.keys()], hits, seconds: 1 }
  const widthOf = (independent: number): number => {
    const { accuracy } = triedCandidate({} as AdviceCandidate, { ...tried, independent }, chosen)
    return (accuracy?.high ?? 0) - (accuracy?.low ?? 0)
  }
  expect(widthOf(4)).toBeGreaterThan(widthOf(8))
})
