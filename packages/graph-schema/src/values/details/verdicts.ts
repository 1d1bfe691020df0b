import type { SingleLabelEvaluation, TopLoss } from './single-label-evaluation.js'
import type { TrainingDetail } from './training.js'

/** Something that a result says about itself in words, and what to try next. */
export interface Verdict {
  readonly code: 'no-better-than-guessing' | 'never-meant-for-these' | 'learned-by-heart'
  readonly text: string
  /** What to try, most promising first. */
  readonly next: string
  /** The change to the graph that is worth trying first; null where that is nothing that a program can do. */
  readonly change: VerdictChange | null
}

/** Another network; or a node of this type in front of the inputs of this name. */
export type VerdictChange =
  | { readonly kind: 'network' }
  | { readonly kind: 'insert'; readonly type: string; readonly before: string }

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

/** What was measured with a network that knows something else altogether; null where it may know such images. */
export function verdictOnNetwork({ foreignTo }: Pick<SingleLabelEvaluation, 'foreignTo'>): Verdict | null {
  if (foreignTo === undefined) return null
  return {
    code: 'never-meant-for-these',
    text: `The network was trained on ${foreignTo}, and was never meant for images like these.`,
    next: fromPhotos,
    change: { kind: 'network' },
  }
}

const fromPhotos = 'Take a network that was trained on photos: it needs fewer images, and is right more often.'

/**
 * Says so when an accuracy is hardly better than always answering the most frequent class: the lower end of its interval
 * lies below what that would score, or less than a third of what is left to gain was gained; else, when the network was
 * never meant for such images.
 */
export function verdictOnEvaluation(
  detail: Pick<SingleLabelEvaluation, 'perClass' | 'count' | 'intervals' | 'scores' | 'foreignTo'>,
): Verdict | null {
  const baseline = baselineOf(detail)
  const low = detail.intervals['accuracy']?.[0]
  const accuracy = detail.scores.values['accuracy']
  const foreign = verdictOnNetwork(detail)
  if (baseline === null || low === undefined || accuracy === undefined || baseline.share === 1) return foreign
  const gained = (accuracy - baseline.share) / (1 - baseline.share)
  const isBeyondChance = low >= baseline.share
  if (isBeyondChance && gained >= least) return foreign
  return {
    code: 'no-better-than-guessing',
    text: isBeyondChance
      ? `This is not much better than always answering “${baseline.name}”, which would be right for ${whole(baseline.share)}.`
      : `This is not clearly better than always answering “${baseline.name}”. The network has not learned to tell these classes apart.`,
    next: foreign
      ? `${foreign.text} ${foreign.next}`
      : 'Take a network that was trained on images like yours, check that images lie in the right folders, or add images.',
    change: { kind: 'network' },
  }
}

/** Says so when a training ended far better on its own images than on those for validation. */
export function verdictOnTraining({
  curves,
  bestEpoch,
  solver,
}: Pick<TrainingDetail, 'curves' | 'bestEpoch' | 'solver'>): Verdict | null {
  const at = (split: string): number | undefined =>
    curves.findLast((point) => point.name === 'accuracy' && point.split === split && point.epoch === bestEpoch)?.value
  const train = at('train')
  const validation = at('val')
  if (train === undefined || validation === undefined || !(train - validation > widestGap)) return null
  return {
    code: 'learned-by-heart',
    text: `It is right on ${whole(train)} of its training images, but on ${whole(validation)} of the others: it learned the images by heart more than the classes.`,
    next: 'Add images, put Augment before Train, freeze more of the network, or raise dropout and weight decay.',
    // A computed head sees images as they are.
    change: solver === undefined ? { kind: 'insert', type: 'augment', before: 'train' } : null,
  }
}

const whole = (share: number): string => `${Math.round(share * 100)}%`
