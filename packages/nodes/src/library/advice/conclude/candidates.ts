import { fineTuneSettings } from '@graft/graph-schema'
import type { AdviceCandidate, Estimate } from '@graft/graph-schema'
import { cutAfter, type Network } from '@graft/network'
import { type MeasuredNetwork, type MeasuredWay, sizeOf } from '../measure/measure-network.js'
import type { TriedFineTuning } from '../measure/try-fine-tuning.js'
import { accuracyEstimate, differenceEstimate, meanOf } from '../statistics/estimate.js'
import { counted, hundredths } from './words.js'

/** A candidate that was measured, with how often it recognised each image. */
export interface MeasuredCandidate extends AdviceCandidate {
  readonly hits: Float64Array
  readonly way: MeasuredWay
}

/** By how much one candidate is better than another, on the same images. */
export const differenceBetween = (first: MeasuredCandidate, second: MeasuredCandidate): Estimate =>
  differenceEstimate(first.hits, second.hits, first.way.head.independent)

/** What was measured of a network, as candidates. */
export function measuredCandidates(
  { id, features, ways, network }: MeasuredNetwork,
  classes: number,
): readonly MeasuredCandidate[] {
  const { trunk, stages } = features
  return ways.map((way): MeasuredCandidate => {
    const kept = way.cut === null ? trunk : cutAfter(trunk, way.cut)
    const own = stages.slice(0, stages.findIndex(({ stage }) => stage === (way.cut ?? stages.at(-1)?.stage)) + 1)
    const read = way.features === 'all' ? own : own.slice(-1)
    const columns = read.reduce((sum, { from, to }) => sum + to - from, 0)
    const pictures = way.head.hits.length
    return {
      id: [id, way.cut, way.features, way.recipe].filter((part) => part !== null).join(' '),
      title: `${titleOf(network)}${way.cut === null ? '' : ` up to ${way.cut}`}, ${way.features === 'all' ? 'all stages' : 'last stage'}, ${methodNames[way.recipe]}`,
      network: id,
      features: way.features,
      cut: way.cut,
      recipe: way.recipe,
      accuracy: accuracyEstimate(way.head.hits, way.head.independent),
      status: way.head.solved ? 'measured' : 'predicted',
      basis: way.head.solved
        ? `Cross-validated on ${counted(pictures, 'image')}.`
        : `With so many classes, class means were cross-validated in its place, on ${counted(pictures, 'image')}; a solved head is mostly better.`,
      // As if nothing had been kept: so that asking again says the same.
      seconds: (features.secondsPerImage * features.values.length) / features.columns + way.head.seconds,
      modelBytes: bytesOf(kept, columns, classes),
      macs: sizeOf(kept).macs,
      hits: way.head.hits,
      way,
    }
  })
}

const methodNames: Readonly<Record<MeasuredWay['recipe'], string>> = { leastSquares: 'least squares', probe: 'solver' }

/** With an accuracy that allows for what the images bring that the cross-validated heads had not learned from. */
export const taughtByAll = (candidate: MeasuredCandidate, remaining: number): MeasuredCandidate => ({
  ...candidate,
  accuracy: accuracyEstimate(candidate.hits, candidate.way.head.independent, remaining),
})

const bytesOf = (kept: Network, columns: number, classes: number): number =>
  Float32Array.BYTES_PER_ELEMENT * (sizeOf(kept).parameters + classes * (columns + 1))

export const titleOf = ({ name }: Pick<Network, 'name'>): string => name

/** Steps of training cost about so many forward passes. */
const passesPerStep = 3
const scratchEpochs = 15

/** The fine-tuned candidate with what a small budget came to, beside the recommended one on the same images. */
export function triedCandidate(
  candidate: AdviceCandidate,
  { epochs, rows, hits, independent, seconds }: TriedFineTuning,
  chosen: MeasuredCandidate,
): AdviceCandidate {
  const same = meanOf(rows.map((row) => chosen.hits[row] ?? 0))
  return {
    ...candidate,
    status: 'tried',
    accuracy: accuracyEstimate(hits, independent),
    seconds,
    basis: `Tried on a small budget: ${epochs} of its ${fineTuneSettings.epochs} epochs, measured on ${counted(rows.length, 'image')} that were kept away. On the same images what is recommended recognised ${hundredths(same)} of 100. All epochs and all images may do better.`,
  }
}

/**
 * Training more than the head, which is not measured: fine-tuning, and learning everything from scratch. Nothing here supports a
 * number for what they would reach, so none is given.
 */
export function dearCandidates(
  { id, features, network }: MeasuredNetwork,
  classes: number,
  pictures: number,
): readonly AdviceCandidate[] {
  const { trunk, secondsPerImage, stages } = features
  const width = stages.at(-1)
  const common = {
    ...({ network: id, features: 'last', cut: null, accuracy: null, status: 'predicted' } as const),
    modelBytes: bytesOf(trunk, width === undefined ? 0 : width.to - width.from, classes),
    macs: sizeOf(trunk).macs,
  }
  const train = (epochs: number): number => epochs * pictures * secondsPerImage * passesPerStep
  return [
    {
      ...common,
      id: `${id} fineTune`,
      title: `${titleOf(network)}, head and then the whole network`,
      recipe: 'fineTune',
      basis: `Not tried. It may be better than a head alone with some hundred images of every class; its time is worked out from that of one pass.`,
      seconds: train(fineTuneSettings.epochs),
    },
    {
      ...common,
      id: `${id} scratch`,
      title: `${titleOf(network)}, everything learned from scratch`,
      recipe: 'scratch',
      basis: 'Not tried. It takes thousands of images of every class.',
      seconds: train(scratchEpochs),
    },
  ]
}
