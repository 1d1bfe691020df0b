import {
  type LoadedNetwork,
  nameOfScaling,
  type Network,
  originOf,
  type PreprocessingOrigin,
  type Scaling,
  scalingNamed,
} from '@graft/network'
import { beginningOf } from './beginning.js'
import { sameScaling } from './candidates.js'
import { isFaint } from './faint-response.js'
import { type Fit, fitOfScalings } from './fit-of-scalings.js'
import { naturalImages } from './natural-images.js'
import { openBeginning } from './run-beginning.js'
import { fittingInside, type ScalingInside, scalingInside } from './scaling-inside.js'

/** What a network itself shows of how its images were scaled. */
export interface Evidence {
  /** Layers at the beginning that scale colours; null where there are none. */
  readonly inside: ScalingInside | null
  /** How well every candidate fits what the network remembers, the best first; empty where it remembers nothing. */
  readonly fits: readonly Fit[]
  /** Whether its first layer hardly sees images that are scaled as is assumed. */
  readonly isFaint: boolean
}

const none: Evidence = { inside: null, fits: [], isFaint: false }

/**
 * Finds out how images must be scaled where neither the file nor its neighbours say it, from layers that scale inside
 * and from the statistics that the first normalisations keep; and holds what others say against both. The network with
 * what was found and its reason; the scaling stays as it was where nothing could be found.
 */
export async function settlePreprocessing(loaded: LoadedNetwork): Promise<Network> {
  const { network } = loaded
  const origin = originOf(network)
  if (network.input.shape[0] !== 3 || ['set', 'file'].includes(origin.how)) return network
  // A network that no engine computes says nothing; whoever uses it will hear why.
  const evidence = await evidenceOf(loaded).catch(() => none)
  const decided = decide(network.preprocessing, origin, evidence)
  return {
    ...network,
    preprocessing: { ...network.preprocessing, ...decided.scaling },
    preprocessingOrigin: decided.origin,
  }
}

async function evidenceOf(loaded: LoadedNetwork): Promise<Evidence> {
  const { network, tensors } = loaded
  const { entry, normalisations, convolution } = beginningOf(network)
  // Folded into a convolution, a normalisation leaves its bias only.
  const first = normalisations.length === 0 && originOf(network).how === 'assumed' ? convolution : null
  const watched = [
    ...(entry === null ? [] : [entry.name]),
    ...normalisations.flatMap(({ name, inputs }) =>
      inputs.map((input) => (input === network.input.name ? name : input)),
    ),
    ...(first === null ? [] : [first.name]),
  ]
  if (watched.length === 0) return none
  const beginning = await openBeginning(loaded, [...new Set(watched)])
  try {
    const inside = entry === null ? null : await scalingInside(entry, beginning)
    const images = naturalImages(beginning.height, beginning.width)
    const fits = normalisations.length === 0 ? [] : await fitOfScalings(tensors, normalisations, beginning, images)
    const faint = first !== null && (await isFaint(tensors, first, beginning, images, network.preprocessing))
    return { inside, fits, isFaint: faint }
  } finally {
    await beginning.dispose()
  }
}

/** A fit within this distance is good; the next scaling has to be this much further away to be told from it. */
const [goodDistance, clearFactor, clearDistance] = [0.3, 3, 0.15]
/** An order of channels that is less common has to fit this much better than the common one. */
const orderFactor = 1.5

interface Decision {
  readonly scaling: Scaling
  readonly origin: PreprocessingOrigin
}

/** The choice for this evidence, given what was known before. */
export function decide(
  claimed: Scaling,
  origin: PreprocessingOrigin,
  { inside, fits, isFaint: faint }: Evidence,
): Decision {
  const possible = inside === null ? [] : fittingInside(inside)
  const measured = bestOf(fits)
  const fromLayers = possible.length === 0 ? null : chosenInside(possible, fits, measured)
  const found = fromLayers ?? (measured === null ? null : decisionOf(measured))
  if (found === null && faint) return rawInstead()
  if (found === null) return { scaling: claimed, origin: inside === null ? origin : doubtful(origin) }
  if (!origin.certain) return found
  if (agreesWith(claimed, found) || !found.origin.certain) return { scaling: claimed, origin }
  return disagreement(claimed, origin, found)
}

interface Measured {
  readonly scaling: Scaling
  /** Whether any other way to scale is far off. */
  readonly isClear: boolean
  /** Whether the order of channels is the usual one, and fits best. */
  readonly isUsualOrder: boolean
  /** How many times as far off the next is. */
  readonly times: number
}

/** The best scaling that was measured; null where none fits. */
function bestOf(fits: readonly Fit[]): Measured | null {
  const [first] = fits
  if (first === undefined || first.distance > goodDistance) return null
  const next = fits.find(({ scaling }) => !sameScaling(scaling, first.scaling))?.distance ?? Infinity
  const usual = fits.find(({ scaling }) => sameScaling(scaling, first.scaling) && isUsualOrder(scaling))
  const best = usual !== undefined && usual.distance < orderFactor * first.distance ? usual : first
  return {
    scaling: best.scaling,
    isClear: next > clearFactor * first.distance && next > first.distance + clearDistance,
    isUsualOrder: first === usual,
    times: next / Math.max(first.distance, 1e-6),
  }
}

/** Blue comes first where the mean is taken off raw values, as Caffe does it. */
const isUsualOrder = ({ mean, deviation, channelOrder }: Scaling): boolean =>
  (deviation[0] < 0.01 && mean[0] > 0) === (channelOrder === 'bgr')

/** An unusual order is told from small differences, so that people are asked to have a look. */
function decisionOf({ scaling, isClear, isUsualOrder: order, times }: Measured): Decision {
  const name = `${scaling.channelOrder.toUpperCase()} ${nameOfScaling(scaling)}`
  const reason = !isClear
    ? `measured, but not clearly: ${name} fits what its first normalisation remembers best, others nearly as well`
    : `measured: its first normalisation remembers images like these (${name} fits ${times > 100 ? 'over 100' : Math.round(times)} times as well as the next)${order ? '' : ', with doubts about the order of channels'}`
  return { scaling, origin: { how: 'measured', reason, certain: isClear && order } }
}

/** Several fit what the layers do where colours are scaled alike: then what was measured tells the order. */
function chosenInside(possible: readonly Scaling[], fits: readonly Fit[], measured: Measured | null): Decision {
  const [likeliest] = possible
  const ranked = fits.filter(({ scaling }) => possible.includes(scaling))
  const [first] = ranked
  const isMeasured = measured !== null && possible.includes(measured.scaling)
  const scaling = isMeasured ? measured.scaling : (first?.scaling ?? (likeliest as Scaling))
  const isOne = possible.every((other) => sameScaling(other, scaling)) || (isMeasured && measured.isClear)
  const contradicted = measured !== null && measured.isClear && !isMeasured
  if (contradicted) return decisionOf({ ...measured, isClear: false })
  const name = nameOfScaling(scaling)
  return {
    scaling,
    origin: {
      how: 'graph',
      reason: `its first layers scale pixels themselves, so what goes in is ${name}`,
      certain: isOne && (measured === null || !isMeasured || measured.isUsualOrder),
    },
  }
}

const agreesWith = (claimed: Scaling, { scaling }: Decision): boolean =>
  sameScaling(roughly(claimed), roughly(scaling)) && claimed.channelOrder === scaling.channelOrder

/** Numbers are written with few digits in some files. */
const roughly = (scaling: Scaling): Scaling => {
  const round = ([first, second, third]: Scaling['mean']): Scaling['mean'] => [
    Number(first.toPrecision(2)),
    Number(second.toPrecision(2)),
    Number(third.toPrecision(2)),
  ]
  return { ...scaling, mean: round(scaling.mean), deviation: round(scaling.deviation) }
}

/** Which of the scalings that leave values large it is, nothing shows. */
const rawInstead = (): Decision => ({
  scaling: scalingNamed('zero-to-255'),
  origin: {
    how: 'measured',
    reason:
      'its first layer would hardly see smaller values than raw ones; which mean is taken off them, if any, nothing shows',
    certain: false,
  },
})

function doubtful(origin: PreprocessingOrigin): PreprocessingOrigin {
  return {
    ...origin,
    reason: `${origin.reason}; its first layers change pixels in a way that fits no usual scaling`,
    certain: false,
  }
}

/** What the network itself shows wins over a name; over what someone wrote down only where layers show it. */
function disagreement(claimed: Scaling, origin: PreprocessingOrigin, found: Decision): Decision {
  const wins = origin.how === 'family' || found.origin.how === 'graph'
  const against = `${origin.reason}, which is ${nameOfScaling(claimed)} in ${claimed.channelOrder.toUpperCase()}`
  const reason = wins
    ? `${found.origin.reason}; against that, ${against}`
    : `${origin.reason}; against that, ${found.origin.reason}`
  return {
    scaling: wins ? found.scaling : claimed,
    origin: { how: wins ? found.origin.how : origin.how, reason, certain: false },
  }
}
