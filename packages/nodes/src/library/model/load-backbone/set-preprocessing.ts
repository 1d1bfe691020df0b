import {
  inOrder,
  type Network,
  originOf,
  type Preprocessing,
  type PreprocessingOrigin,
  type Scaling,
  scalingNamed,
  seesTwice,
  validateNetwork,
} from '@graft/network'
import { NodeError } from '../../../sdk/node-error.js'
import { withField } from '../../support/run-surgery.js'
import type { PreprocessingParams } from './preprocessing-params.js'

/** What is usual where images are cropped and nothing says how much of them. */
const usualCrop = 0.875

/** The network with the preprocessing that is set; what isn't stays as it was read. Throws NodeError by field. */
export function setPreprocessing(network: Network, settings: PreprocessingParams): Network {
  const before = network.preprocessing
  const scaling = scalingOf(before, settings)
  const preprocessing: Preprocessing = {
    ...before,
    ...scaling,
    ...framingOf(before, settings),
    ...(settings.interpolation !== 'auto' && { interpolation: settings.interpolation }),
  }
  if (JSON.stringify(preprocessing) === JSON.stringify(before) && settings.normalisation === 'auto') return network
  refuseFraming(network, preprocessing, settings)
  return resized({ ...network, preprocessing, preprocessingOrigin: originAfter(network, settings) }, settings)
}

function scalingOf(before: Scaling, settings: PreprocessingParams): Scaling {
  const { normalisation, channelOrder } = settings
  const order = channelOrder === 'auto' ? null : channelOrder
  if (normalisation === 'auto') return inOrder(before, order ?? before.channelOrder)
  if (normalisation === 'custom')
    return {
      channelOrder: order ?? before.channelOrder,
      mean: perChannel('mean', settings.mean),
      deviation: perChannel('deviation', settings.deviation),
    }
  const named = scalingNamed(normalisation)
  return inOrder(named, order ?? (normalisation === 'caffe' ? named.channelOrder : before.channelOrder))
}

/** One number counts for every channel. */
function perChannel(field: 'mean' | 'deviation', values: readonly number[]): Preprocessing['mean'] {
  const [first, second = first, third = first] = values
  if (values.length === 2 || first === undefined || second === undefined || third === undefined)
    throw new NodeError(
      field,
      `A custom normalisation needs its ${field}: one number, or one for each of the three channels. ${values.length === 0 ? 'None is' : 'Two are'} given.`,
      `Set ${field} too, such as [0.5, 0.5, 0.5], or choose a normalisation by name.`,
    )
  const all = [first, second, third] as const
  if (field === 'deviation' && all.some((value) => value <= 0))
    throw new NodeError(field, `A deviation of ${Math.min(...all)} can't be divided by.`, 'Give numbers above 0.')
  if (all.some((value) => Math.abs(value) > 1 && (field === 'mean' || value > 2)))
    throw new NodeError(
      field,
      `The ${field} ${all.join(', ')} is one of values from 0 to 255. Values from 0 to 1 are expected.`,
      `Divide by 255: [${all.map((value) => Number((value / 255).toPrecision(6))).join(', ')}].`,
    )
  return [...all]
}

function framingOf(
  before: Preprocessing,
  { resize: wanted, cropFraction: share, height, width }: PreprocessingParams,
): Pick<Preprocessing, 'resize' | 'cropFraction' | 'height' | 'width'> {
  const resize = wanted === 'auto' ? (share > 0 ? 'crop' : before.resize) : wanted
  const known = before.resize === 'crop' ? before.cropFraction : usualCrop
  return {
    resize,
    cropFraction: resize === 'stretch' ? 1 : share > 0 ? share : known,
    height: height || width || before.height,
    width: width || height || before.width,
  }
}

const framing = ['height', 'width', 'resize', 'cropFraction'] as const

/** Throws NodeError where the network cuts the middle out of images of this size, and takes all of them for the whole. */
function refuseFraming(network: Network, wanted: Preprocessing, settings: PreprocessingParams): void {
  const { preprocessing } = network
  if (!seesTwice(network) || framing.every((field) => wanted[field] === preprocessing[field])) return
  throw new NodeError(
    framing.find((field) => settings[field] !== 0 && settings[field] !== 'auto') ?? 'height',
    `${network.name} sees the middle and the whole of images of ${preprocessing.width} x ${preprocessing.height} pixels. Another size or framing would move its middle.`,
    'Set the size in the Image Input that lets it see both.',
  )
}

/** Scaling and channel order are what a mistake about costs most: only who sets the scaling has settled the matter. */
function originAfter(network: Network, settings: PreprocessingParams): PreprocessingOrigin {
  const { normalisation, channelOrder } = settings
  if (normalisation !== 'auto') return { how: 'set', reason: `normalisation is set to ${normalisation}`, certain: true }
  const origin = originOf(network)
  const also = channelOrder === 'auto' ? 'size or framing set here' : `channelOrder set to ${channelOrder}`
  return { ...origin, reason: `${origin.reason}; ${also}` }
}

/** Throws NodeError where the network works for its own size only. */
function resized(network: Network, settings: PreprocessingParams): Network {
  const { height, width } = network.preprocessing
  const [channels = 3, oldHeight, oldWidth] = network.input.shape
  if (height === oldHeight && width === oldWidth) return network
  const result: Network = { ...network, input: { ...network.input, shape: [channels, height, width] } }
  try {
    validateNetwork(result)
  } catch (error) {
    throw withField(
      settings.height > 0 ? 'height' : 'width',
      error,
      `Leave the size at ${oldWidth} x ${oldHeight}, which this network was made for.`,
    )
  }
  return result
}
