import type { PairedResult } from './compare-paired.js'

export interface DifferenceVerdict {
  readonly tone: 'better' | 'worse' | 'unclear' | 'same'
  readonly text: string
}

/** The difference in words; `names` are those of the two runs. */
export function verdictOnDifference(result: PairedResult, names: readonly [string, string]): DifferenceVerdict {
  const { count, firstBetter, secondBetter, difference, p } = result
  if (count === 0)
    return {
      tone: 'unclear',
      text: 'The two runs were measured on different images, so their accuracies can’t be compared directly.',
    }
  if (firstBetter + secondBetter === 0)
    return {
      tone: 'same',
      text: result.graded
        ? `On all ${count} images both did equally well: there is no difference at all.`
        : `On all ${count} images both were right or both were wrong: there is no difference at all.`,
    }
  const split = splitOf(result, names)
  if (p >= 0.05)
    return {
      tone: 'unclear',
      text: `${split}. Two equally good networks differ at least this much in ${chance(p)}: don’t read anything into it.`,
    }
  const winner = difference > 0 ? names[1] : names[0]
  const certainty = p < 0.001 ? 'very unlikely to be chance' : 'unlikely to be chance'
  return {
    tone: difference > 0 ? 'better' : 'worse',
    text: `${split}. ${winner} is better, and that is ${certainty} (p ${p < 0.001 ? '< 0.001' : `= ${p.toFixed(3)}`}).`,
  }
}

/** On how many images which of the two did better. */
export function splitOf(
  { graded, firstBetter, secondBetter }: PairedResult,
  [first, second]: readonly [string, string],
): string {
  return graded
    ? `${second} did better on ${secondBetter} images; ${first} did better on ${firstBetter}`
    : `${second} got ${secondBetter} right that ${first} missed; ${first} got ${firstBetter} right that ${second} missed`
}

function chance(p: number): string {
  if (p > 0.9) return 'nearly every comparison'
  return `${Math.round(p * 100)} of 100 comparisons`
}
