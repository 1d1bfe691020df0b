import { createRandom } from '@graft/network'
import { expect, it } from 'vitest'
import { measureHead } from './measured-head.js'
import { subjectOf } from './subject.js'

it('500 classes: measures class means where solving heads would take too long, and says that it did', async () => {
  const [classes, perClass, columns] = [500, 3, 100]
  const random = createRandom(1)
  const centres = Array.from({ length: classes * columns }, () => random())
  const labels = Array.from({ length: classes * perClass }, (_, row) => row % classes)
  const values = Float32Array.from({ length: labels.length * columns }, (_, place) => {
    const row = Math.floor(place / columns)
    return (centres[(row % classes) * columns + (place % columns)] ?? 0) + 0.3 * random()
  })
  const classNames = Array.from({ length: classes }, (_, label) => `${label}`)
  const looked = { samples: [], classNames, labels, sealed: 0, hasTest: false, unlabelled: 0, leftOut: 0 }
  const subject = subjectOf(
    looked,
    labels.map((_, row) => `${row}`),
    0,
  )
  const stage = { stage: 'last', from: 0, to: columns }
  const head = await measureHead({ values, columns }, [stage], subject!, { penalties: 6, breathe: async () => {} })
  expect(head.solved).toBe(false)
  expect(head.hits.reduce((sum, hit) => sum + hit, 0) / labels.length).toBeGreaterThan(0.9)
})
