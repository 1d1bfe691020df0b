import { baselineOf } from '@graft/graph-schema'
import type { SingleLabelEvaluation } from '@graft/graph-schema'
import { percent, points } from '../../ui/format.js'

const splitNames: Readonly<Record<string, string>> = { train: 'training', val: 'validation', test: 'test' }
export const splitName = (split: string): string => splitNames[split] ?? split

/** What an accuracy means, in sentences: how many, how sure, compared to what, and what to mistrust. */
export function readEvaluation(
  detail: Pick<SingleLabelEvaluation, 'split' | 'count' | 'scores' | 'intervals' | 'perClass'>,
): readonly string[] {
  const right = Math.round((detail.scores.values['accuracy'] ?? Number.NaN) * detail.count)
  const [low, high] = detail.intervals['accuracy'] ?? [Number.NaN, Number.NaN]
  const baseline = baselineOf(detail)
  return [
    `${right} of ${detail.count} ${splitName(detail.split)} images were recognised. On new images of the same kind, expect ${percent(low, 0)} to ${percent(high, 0)} (95% confidence interval).`,
    ...(baseline === null
      ? []
      : [`Always answering “${baseline.name}” would be right ${percent(baseline.share, 0)} of the time.`]),
    ...caution(detail.split, high - low),
  ]
}

function caution(split: string, width: number): readonly string[] {
  if (split === 'train') return ['These are the images it learned from: expect less on new ones.']
  if (split === 'val') return ['The best epoch was chosen by these images: expect slightly less on new ones.']
  return width > 0.15 ? ['That is a wide range: more test images would make it narrower.'] : []
}

/** Whether the network is as sure as it is right, in a sentence. */
export function readCalibration({
  scores,
  calibrationBins,
}: Pick<SingleLabelEvaluation, 'scores' | 'calibrationBins'>): string {
  const calibrationError = scores.values['calibrationError'] ?? Number.NaN
  const used = calibrationBins.filter(({ count }) => count > 0)
  const gap = used.reduce((sum, { count, confidence, accuracy }) => sum + count * (confidence - accuracy), 0)
  if (!Number.isFinite(calibrationError) || used.length === 0)
    return 'There are too few images to tell how far its probabilities can be trusted.'
  if (calibrationError < 0.05)
    return `Its probabilities can be trusted: they are off by ${points(calibrationError)} on average.`
  return gap > 0
    ? `It is surer than it is right: its probabilities are too high by about ${points(calibrationError)}.`
    : `It is less sure than it could be: its probabilities are too low by about ${points(calibrationError)}.`
}
