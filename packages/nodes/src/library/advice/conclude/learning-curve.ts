import type { LearningCurve } from '@graft/graph-schema'
import type { LookedAt } from '../features/looked-at.js'
import type { CurveHits } from '../measure/measure-curve.js'
import type { MeasuredHead } from '../measure/measured-head.js'
import type { Subject } from '../measure/subject.js'
import { accuracyEstimate, meanOf } from '../statistics/estimate.js'
import { extrapolate } from '../statistics/extrapolate.js'
import { counted, hundredths } from './words.js'

/** What more images would bring, and which classes need them most. */
export function learningCurveOf(
  candidate: string,
  points: readonly CurveHits[],
  head: MeasuredHead,
  subject: Subject,
  seed: number,
): LearningCurve {
  const pictures = subject.rows.length
  const further = extrapolate(points, pictures, seed)
  return {
    candidate,
    points: [
      ...points.map(({ pictures: learned, hits }) => ({
        pictures: learned,
        accuracy: accuracyEstimate(
          Array.from(hits).filter((hit) => !Number.isNaN(hit)),
          head.independent,
        ),
        measured: true,
      })),
      ...(further === null ? [] : [{ pictures: 2 * pictures, accuracy: further.twice, measured: false }]),
    ],
    promise:
      further === null
        ? null
        : {
            pictures: 2 * pictures,
            accuracy: further.twice,
            gain: further.gain,
            words: `Twice as many images: about ${wholePoints(further.gain.value)} percentage ${Math.abs(Math.round(100 * further.gain.value)) === 1 ? 'point' : 'points'} (${wholePoints(further.gain.low)} to ${wholePoints(further.gain.high)}).`,
          },
    neediest: neediest(head, subject, subject.looked),
  }
}

const wholePoints = (share: number): string => {
  const rounded = Math.round(100 * share)
  return rounded > 0 ? `+${rounded}` : String(rounded === 0 ? 0 : rounded)
}

const mostNamed = 5
/** Classes that are recognised so much less often than all together need more images. */
const behind = 0.05

function neediest(
  { hits, answers }: MeasuredHead,
  { labels, classes, groups }: Subject,
  { classNames }: LookedAt,
): LearningCurve['neediest'] {
  const nameOf = (index: number): string => classNames[classes[index] ?? 0] ?? ''
  const all = meanOf(hits)
  return [...classes.keys()]
    .map((index) => {
      const rows = [...labels.keys()].filter((row) => labels[row] === index)
      const recognised = accuracyEstimate(
        rows.map((row) => hits[row] ?? 0),
        new Set(rows.map((row) => groups[row])).size,
      )
      return {
        index,
        rows,
        recognised,
        otherwise: mostFrequent(
          rows.map((row) => answers[row] ?? 0),
          index,
        ),
      }
    })
    .filter(({ recognised }) => recognised.value < all - behind)
    .toSorted((a, b) => a.recognised.value - b.recognised.value)
    .slice(0, mostNamed)
    .map(({ index, rows, recognised, otherwise }) => ({
      label: classes[index] ?? 0,
      pictures: rows.length,
      recognised,
      words: `${nameOf(index)} (${counted(rows.length, 'image')}): ${hundredths(recognised.value)} of 100 are recognised${otherwise === null ? '' : `; the others are most often taken for ${nameOf(otherwise)}`}.`,
    }))
}

/** The answer that was given most often beside the right one; null when all were right. */
function mostFrequent(answers: readonly number[], right: number): number | null {
  const counts = new Map<number, number>()
  for (const answer of answers) if (answer !== right) counts.set(answer, (counts.get(answer) ?? 0) + 1)
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? null
}
