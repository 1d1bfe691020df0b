import { createRandom, deriveSeed, shuffle } from '@graft/network'
import type { MeasuredHead } from './measured-head.js'
import type { Subject } from './subject.js'

/** How often each image was recognised by heads that learned from so many others; NaN: it was not asked. */
export interface CurveHits {
  readonly pictures: number
  readonly hits: Float64Array
}

const shares = [0.25, 0.5]

/** Heads taught by a quarter and by half of the images, and those of the cross-validation, which had most of them. */
export async function measureCurve(head: MeasuredHead, subject: Subject, seed: number): Promise<readonly CurveHits[]> {
  const { labels, foldCount } = subject
  const points: CurveHits[] = []
  const fewest = smallestClass(subject)
  for (const share of shares) {
    if (share * fewest < 1) continue
    const sums = new Float64Array(labels.length)
    const asked = new Float64Array(labels.length)
    let pictures = 0
    for (let draw = 0; draw < drawsFor(labels.length); draw++) {
      const { inside, outside } = drawShare(subject, share, deriveSeed(seed, `curve ${share} ${draw}`))
      pictures = inside.length
      const answers = await head.study.teach(inside, outside, head.setting)
      outside.forEach((row, index) => {
        asked[row] = (asked[row] ?? 0) + 1
        if (answers[index] === labels[row]) sums[row] = (sums[row] ?? 0) + 1
      })
    }
    points.push({ pictures, hits: sums.map((sum, row) => sum / (asked[row] ?? 0)) })
  }
  return [...points, { pictures: Math.round(labels.length * (1 - 1 / foldCount)), hits: head.hits }]
}

const drawsFor = (pictures: number): number => (pictures <= 150 ? 4 : pictures <= 400 ? 2 : 1)

const smallestClass = ({ labels, classes }: Subject): number =>
  Math.min(...classes.map((_, label) => labels.reduce((sum, other) => sum + (other === label ? 1 : 0), 0)))

/** A share of every class, groups whole; at least one group of each on either side. */
function drawShare(
  { labels, groups, classes }: Subject,
  share: number,
  seed: number,
): { readonly inside: Int32Array; readonly outside: Int32Array } {
  const random = createRandom(seed)
  const chosen = new Set<string>()
  for (const label of classes.keys()) {
    const own = [...new Set(groups.filter((_, row) => labels[row] === label))]
    const count = Math.min(own.length - 1, Math.max(1, Math.round(share * own.length)))
    for (const group of shuffle(own, random).slice(0, count)) chosen.add(group)
  }
  const rows = Int32Array.from(labels.keys())
  return {
    inside: rows.filter((row) => chosen.has(groups[row] ?? '')),
    outside: rows.filter((row) => !chosen.has(groups[row] ?? '')),
  }
}
