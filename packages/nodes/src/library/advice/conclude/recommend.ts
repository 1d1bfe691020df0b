import type { AdviceCandidate, AdviceComparison, Recommendation, Textbook } from '@graft/graph-schema'
import { differenceBetween, type MeasuredCandidate } from './candidates.js'
import { isClear, isUsual } from './choose.js'
import { counted, duration, hundredths, points } from './words.js'

export interface RecommendInput {
  readonly chosen: MeasuredCandidate
  readonly measured: readonly MeasuredCandidate[]
  readonly dear: readonly AdviceCandidate[]
  readonly textbook: Textbook | null
  readonly networks: number
  readonly classes: number
  /** Share of the most frequent class. */
  readonly guessing: number
}

/** The recommendation in words that need no knowledge of networks, and what it rests on. */
export function recommend(input: RecommendInput): Recommendation {
  const { chosen, measured } = input
  const comparedWith = measured.filter((other) => other !== chosen).map((other) => compare(chosen, other))
  const clear = isClear(chosen, measured)
  return {
    candidate: chosen.id,
    clear,
    words: `${whatToDo(input)} ${whatToExpect(input)}`,
    why: reasons(input, clear),
    comparedWith,
    notMeasured: notMeasured(input),
  }
}

function whatToDo({ chosen, classes, networks }: RecommendInput): string {
  const which = networks > 1 ? `the network ${titleOf(chosen)}` : 'the network'
  const part = chosen.cut === null ? `${which} as it is` : `only the first part of ${which}, up to ${chosen.cut}`
  const reads =
    chosen.features === 'all'
      ? 'by everything it notices in an image, from fine textures to whole objects'
      : 'by the most general things it notices in an image'
  return `Use ${part}, and let Graft learn to tell your ${counted(classes, 'class', 'classes')} apart ${reads}. This takes about ${duration(chosen.seconds)}.`
}

function whatToExpect({ chosen, guessing }: RecommendInput): string {
  const { accuracy } = chosen
  if (accuracy === null) return ''
  const expected = `Of 100 new images about ${hundredths(accuracy.value)} should be recognised (${hundredths(accuracy.low)} to ${hundredths(accuracy.high)}).`
  return accuracy.low > guessing
    ? expected
    : `${expected} That is not surely better than always saying the most frequent class, which is right for ${hundredths(guessing)} of 100.`
}

function compare(chosen: MeasuredCandidate, other: MeasuredCandidate): AdviceComparison {
  const difference = differenceBetween(chosen, other)
  const verdict =
    difference.low > 0 ? 'Better than' : difference.high < 0 ? 'Worse than' : 'Not clearly better or worse than'
  return { candidate: other.id, difference, words: `${verdict} ${other.title}: ${points(difference)}.` }
}

function reasons({ chosen, measured, dear, textbook, networks }: RecommendInput, clear: boolean): readonly string[] {
  const plain = measured.find(
    ({ network, features, cut }) => network === chosen.network && features === 'last' && cut === null,
  )
  const smaller = measured.find(
    ({ network, features, cut }) => network === chosen.network && features === chosen.features && cut !== null,
  )
  return [
    ...(plain === undefined || plain === chosen ? [] : [againstPlain(chosen, plain, isUsual(chosen, measured))]),
    ...(smaller === undefined || smaller === chosen ? [] : [againstSmaller(chosen, smaller)]),
    ...(clear ? [] : [unclear(networks, isUsual(chosen, measured))]),
    ...fineTuned(dear, chosen),
    ...(textbook === null || textbook.agrees ? [] : [againstTextbook(textbook)]),
  ]
}

function unclear(networks: number, usual: boolean): string {
  const why =
    networks > 1
      ? 'Of networks that are about as good, this is the cheapest.'
      : usual
        ? 'This did best on average on other sets of images.'
        : 'Here this was better than what did best on other sets of images, by more than chance explains.'
  return `Nothing here is clearly better than all else. ${why}`
}

function againstPlain(chosen: MeasuredCandidate, plain: MeasuredCandidate, usual: boolean): string {
  const difference = differenceBetween(chosen, plain)
  const how =
    difference.low > 0
      ? 'is better'
      : difference.high < 0
        ? 'is worse'
        : `is not clearly better here${usual ? ', but was on other sets of images' : ''}`
  return `Compared with a head on the last stage alone (${points(difference)}) this ${how}.`
}

function againstSmaller(chosen: MeasuredCandidate, smaller: MeasuredCandidate): string {
  const share = hundredths(1 - smaller.macs / chosen.macs)
  return `If it has to be small: cut after ${smaller.cut ?? ''}, it takes ${share}% less work and ${megabytes(smaller.modelBytes)} instead of ${megabytes(chosen.modelBytes)}; the accuracy changes by ${points(differenceBetween(smaller, chosen))}.`
}

const againstTextbook = ({ words, difference }: Textbook): string =>
  `The textbook says otherwise: ${words} ${difference === null ? 'That was not measured.' : `In accuracy this differs from that by ${points(difference)}.`}`

/** What a small budget of fine-tuning came to, where that was asked for. */
function fineTuned(dear: readonly AdviceCandidate[], chosen: MeasuredCandidate): readonly string[] {
  const tried = dear.find(({ status, network }) => status === 'tried' && network === chosen.network)
  if (tried === undefined || tried.accuracy === null) return []
  const { value, low, high } = tried.accuracy
  return [
    `Training the network itself: ${hundredths(value)} of 100 were recognised (${hundredths(low)} to ${hundredths(high)}). ${tried.basis}`,
  ]
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

const titleOf = ({ title }: MeasuredCandidate): string => title.split(',')[0] ?? title

function notMeasured({ chosen, dear }: RecommendInput): readonly string[] {
  const own = dear.filter(({ network }) => network === chosen.network)
  const fineTune = own.find(({ recipe }) => recipe === 'fineTune')
  return [
    ...(fineTune === undefined || fineTune.status === 'tried'
      ? []
      : [
          `Training the network itself (fine-tuning): it would take about ${duration(fineTune.seconds)}, and may be better or worse.`,
        ]),
    'Augmentation, and networks other than those that were asked.',
  ]
}

/** Where nothing can be recommended: what to do first. */
export const noRecommendation = (words: string): Recommendation => ({
  ...{ candidate: null, clear: false, words, why: [], comparedWith: [], notMeasured: [] },
})
