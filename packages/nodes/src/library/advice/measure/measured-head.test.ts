import { expect, it } from 'vitest'
import type { LookedAt } from '../features/looked-at.js'
import { measureAveraged, measureHead } from './measured-head.js'
import { type Subject, subjectOf } from './subject.js'

/** Two classes that one of two numbers per image tells apart. */
function madeOf(count: number): { readonly subject: Subject; readonly features: { values: Float32Array; columns: 2 } } {
  const labels = Array.from({ length: count }, (_, row) => row % 2)
  const looked = { labels, classNames: ['a', 'b'] } as unknown as LookedAt
  const subject = subjectOf(looked, [...labels.keys()].map(String), 1)
  if (subject === null) throw new Error('Nothing to measure.')
  const values = Float32Array.from({ length: 2 * count }, (_, place) =>
    place % 2 === 0 ? Math.sin(place) : (labels[(place - 1) / 2] ?? 0),
  )
  return { subject, features: { values, columns: 2 } }
}

it.each([
  [40, 4],
  [160, 2],
])('of %i images every head says that it was repeated %i times', async (count, repeats) => {
  const { subject, features } = madeOf(count)
  const stages = [
    { stage: 'one', from: 0, to: 1, size: 1 },
    { stage: 'two', from: 1, to: 2, size: 1 },
  ]
  const breathe = async (): Promise<void> => {}
  expect((await measureAveraged(features, stages, subject, breathe)).repeats).toBe(repeats)
  expect((await measureHead(features, stages, subject, { penalties: 2, breathe })).repeats).toBe(repeats)
})
