import type { Engine } from '@graft/engines'
import { countMacs, countParameters, cutAfter, type Network, type Tensors } from '@graft/network'
import type { ProfileCut, TransferProfile } from '@graft/graph-schema'
import { mostForAverage } from '../few-and-many.js'
import type { NetworkFeatures } from '../features/network-features.js'
import { type OwnAnswers, askOwnClassifier } from '../features/own-classifier.js'
import { accuracyEstimate } from '../statistics/estimate.js'
import { allPowers, measureAveraged, type MeasuredHead, measureHead } from './measured-head.js'
import { agreementOf, type Alikeness } from './neighbours.js'
import { independentOf, partOf, type Subject } from './subject.js'

/** A way to train a head that was measured: where the network is cut, and what the head reads. */
export interface MeasuredWay {
  readonly cut: string | null
  readonly features: 'last' | 'all'
  readonly recipe: 'leastSquares' | 'probe'
  readonly head: MeasuredHead
}

/** All that was measured of one network. */
export interface MeasuredNetwork {
  readonly id: string
  readonly network: Network
  readonly features: NetworkFeatures
  readonly profile: TransferProfile
  readonly ways: readonly MeasuredWay[]
  /** Heads on the last and on a middle stage, of the same images; for the position on the plane. */
  readonly late: MeasuredHead
  readonly middle: MeasuredHead | null
  /** Is each image's class the one that its neighbours at the last stage vote for? */
  readonly agreement: Float64Array
  readonly own: OwnAnswers | null
}

export interface MeasureOptions {
  readonly subject: Subject
  /** By stage of the network. */
  readonly alikeness: (stage: number) => Alikeness
  readonly seed: number
  readonly engine: Engine
  /** Values of a network's parameters. */
  readonly load: (network: Network) => Promise<Tensors>
  readonly breathe: () => Promise<void>
  /** Told before every stage. */
  readonly onStep: () => void
}

/** Penalties that heads choose from; fewer where only the course along the network is wanted. */
const penalties = { way: 6, profile: 4 }
/** For the cuts before the last, these many images are enough. */
const profilePictures = 400
/** From so many on, what is chosen at the last stage holds for the others. */
const manyPictures = 400

/** The transfer profile of a network, and the heads that could be recommended. */
export async function measureNetwork(
  id: string,
  network: Network,
  features: NetworkFeatures,
  options: MeasureOptions,
): Promise<MeasuredNetwork> {
  const { stages, trunk } = features
  const last = stages.length - 1
  const { probes, joint } = await measureStages(features, options)
  const averaged = await averagedOn(features, options)
  const agreements = stages.map((_, index) => agreementOf(options.alikeness(index), options.subject))
  const kept = stages.map(({ stage }, index) => (index === last ? trunk : cutAt(trunk, stage)))
  const middle = Math.floor(last / 2)
  return {
    ...{ id, network, features },
    profile: {
      network: id,
      pictures: options.subject.rows.length,
      cuts: stages.flatMap(({ stage }, index): ProfileCut[] => {
        const rest = kept[index]
        if (!rest) return []
        return [
          {
            stage,
            probe: estimateOf(probes[index]),
            allStages: estimateOf(joint[index]),
            neighbours: accuracyEstimate(agreements[index] ?? [], independentOf(options.subject)),
            ...sizeOf(rest),
            millisecondsPerPicture: timeAt(rest, trunk, features),
          },
        ]
      }),
    },
    ways: [
      ...(averaged ? [{ cut: null, features: 'all' as const, recipe: 'leastSquares' as const, head: averaged }] : []),
      ...waysOf(stages, kept, { probes, joint }),
    ],
    late: probes[last] as MeasuredHead,
    middle: middle < last ? (probes[middle] ?? null) : null,
    agreement: agreements[last] ?? new Float64Array(0),
    own: await askOwnClassifier(network, features, options.load, options.engine),
  }
}

/** By stage: a head on it alone, and one on all stages up to it; null for the first. */
interface StageHeads {
  readonly probes: readonly MeasuredHead[]
  readonly joint: readonly (MeasuredHead | null)[]
}

async function measureStages(
  features: NetworkFeatures,
  { subject, seed, breathe, onStep }: MeasureOptions,
): Promise<StageHeads> {
  const { stages } = features
  const part = partOf(subject, profilePictures, seed)
  const last = stages.length - 1
  const probes: MeasuredHead[] = []
  const joint: (MeasuredHead | null)[] = []
  let powers: readonly number[] = allPowers
  // From the last stage back: how much stages count is chosen there, where time matters.
  for (const index of [...stages.keys()].toReversed()) {
    onStep()
    const [of, count] = index >= last - 1 ? [subject, penalties.way] : [part, penalties.profile]
    const settings = { penalties: count, powers, breathe }
    probes[index] = await measureHead(features, stages.slice(index, index + 1), of, settings)
    joint[index] = index === 0 ? null : await measureHead(features, stages.slice(0, index + 1), of, settings)
    if (index === last && joint[index] && subject.rows.length >= manyPictures) powers = [joint[index].power]
  }
  return { probes, joint }
}

/** Least squares on all stages; null where Train, which learns from those that are left out too, would refuse it. */
async function averagedOn(
  features: NetworkFeatures,
  { subject, breathe }: MeasureOptions,
): Promise<MeasuredHead | null> {
  const { samples, leftOut } = subject.looked
  const few = samples.length + leftOut <= mostForAverage
  return few && features.stages.length > 1 ? measureAveraged(features, features.stages, subject, breathe) : null
}

/** The ways that a solver takes: the whole network and the cut before its last stage, with either head. */
function waysOf(
  stages: NetworkFeatures['stages'],
  kept: readonly (Network | null)[],
  { probes, joint }: StageHeads,
): readonly MeasuredWay[] {
  const last = stages.length - 1
  return [last, last - 1]
    .filter((index) => kept[index])
    .flatMap((index): MeasuredWay[] => {
      const cut = index === last ? null : (stages[index]?.stage ?? null)
      const [all, single] = [joint[index], probes[index]]
      return [
        ...(all ? [{ cut, features: 'all' as const, recipe: 'probe' as const, head: all }] : []),
        ...(single ? [{ cut, features: 'last' as const, recipe: 'probe' as const, head: single }] : []),
      ]
    })
}

const estimateOf = (head: MeasuredHead | null | undefined): ProfileCut['probe'] =>
  head ? accuracyEstimate(head.hits, head.independent) : null

function cutAt(trunk: Network, stage: string): Network | null {
  try {
    return cutAfter(trunk, stage)
  } catch {
    // A stage whose end another path passes by: its features can be read, but nothing can be cut there.
    return null
  }
}

export const sizeOf = (network: Network): Pick<ProfileCut, 'parameters' | 'macs'> => ({
  parameters: countParameters(network).total,
  macs: [...countMacs(network).values()].reduce((sum, macs) => sum + macs, 0),
})

/** By its share of the whole pass. */
const timeAt = (kept: Network, trunk: Network, { secondsPerImage }: NetworkFeatures): number =>
  1000 * secondsPerImage * (sizeOf(kept).macs / Math.max(1, sizeOf(trunk).macs))
