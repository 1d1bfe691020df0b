import type { SingleLabelEvaluation, TopLoss } from './single-label-evaluation.js'
import type { TrainingDetail } from './training.js'

/** Something that a result says about itself in words, and what to try next. */
export interface Verdict {
  readonly code: 'no-better-than-guessing' | 'learned-by-heart'
  readonly text: string
  /** What to try, most promising first. */
  readonly next: string
}

/** A right answer of less than this probability is worth a look; a surer one is simply right. */
const sure = 0.75
/** Of what is left to gain over the baseline, the share that a network which learned something gains at least. */
const least = 1 / 3
/** How far training may be ahead of validation before a network is said to know its images by heart. */
const widestGap = 0.2

/** Whether an answer belongs in a list of images to look at: it is wrong, or right but hardly sure. */
export const isWorthALook = ({ label, prediction, probability }: Omit<TopLoss, 'thumbnail' | 'id' | 'loss'>): boolean =>
  label !== prediction || probability < sure

/** The class with the most images, and its share: what always answering it would score. Null without images. */
export function baselineOf({
  perClass,
  count,
}: Pick<SingleLabelEvaluation, 'perClass' | 'count'>): { readonly name: string; readonly share: number } | null {
  const [first, ...others] = perClass
  if (first === undefined || count === 0) return null
  const largest = others.reduce((best, one) => (one.support > best.support ? one : best), first)
  return { name: largest.name, share: largest.support / count }
}

/**
 * Says so when an accuracy is hardly better than always answering the most frequent class: the lower end of its interval
 * lies below what that would score, or less than a third of what is left to gain was gained.
 */
export function verdictOnEvaluation(
  detail: Pick<SingleLabelEvaluation, 'perClass' | 'count' | 'intervals' | 'scores'>,
): Verdict | null {
  const baseline = baselineOf(detail)
  const low = detail.intervals['accuracy']?.[0]
  const accuracy = detail.scores.values['accuracy']
  if (baseline === null || low === undefined || accuracy === undefined || baseline.share === 1) return null
  const gained = (accuracy - baseline.share) / (1 - baseline.share)
  const isBeyondChance = low >= baseline.share
  if (isBeyondChance && gained >= least) return null
  return {
    code: 'no-better-than-guessing',
    text: isBeyondChance
      ? `This is not much better than always answering “${baseline.name}”, which would be right for ${whole(baseline.share)}.`
      : `This is not clearly better than always answering “${baseline.name}”. The network has not learned to tell these classes apart.`,
    next: 'Take a network that was trained on images like yours, check that images lie in the right folders, or add images.',
  }
}

/** Says so when a training ended far better on its own images than on those for validation. */
export function verdictOnTraining({ curves, bestEpoch }: Pick<TrainingDetail, 'curves' | 'bestEpoch'>): Verdict | null {
  const at = (split: string): number | undefined =>
    curves.findLast((point) => point.name === 'accuracy' && point.split === split && point.epoch === bestEpoch)?.value
  const train = at('train')
  const validation = at('val')
  if (train === undefined || validation === undefined || !(train - validation > widestGap)) return null
  return {
    code: 'learned-by-heart',
    text: `It is right on ${whole(train)} of its training images, but on ${whole(validation)} of the others: it learned the images by heart more than the classes.`,
    next: 'Add images, put Augment before Train, freeze more of the network, or raise dropout and weight decay.',
  }
}

const whole = (share: number): string => `${Math.round(share * 100)}%`
