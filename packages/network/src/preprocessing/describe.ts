import type { Network, Preprocessing } from '../network.js'
import { originOf } from './origin-of.js'
import { nameOfScaling } from './scalings.js'
import { describeValues } from '../stored-values.js'

/** What is done to an image, in one sentence that can be followed by hand. */
export function describePreprocessing({
  width,
  height,
  resize,
  cropFraction,
  interpolation,
  channelOrder,
  mean,
  deviation,
  values,
}: Preprocessing): string {
  const sizing =
    resize === 'stretch'
      ? `Resize the image to ${width} x ${height} (${interpolation})`
      : `Resize the image's shorter side to ${Math.round(Math.min(width, height) / cropFraction)} (${interpolation}), crop ${width} x ${height} from the centre`
  const first = values === undefined ? '' : `First bring the values to 8 bits: ${describeValues(values)}. `
  return `${first}${sizing}; channels in ${channelOrder.toUpperCase()} order; (value / 255 - [${mean.join(', ')}]) / [${deviation.join(', ')}].`
}

/** The choice and its reason on one line, for logs, forms and reports. */
export function explainPreprocessing(network: Network): string {
  const { width, height, resize, cropFraction, interpolation, channelOrder } = network.preprocessing
  const { reason, certain } = originOf(network)
  const sizing =
    resize === 'stretch'
      ? `stretched to ${width}x${height}`
      : `shorter side to ${Math.round(Math.min(width, height) / cropFraction)}, centre of ${width}x${height}`
  const { values } = network.preprocessing
  const scaled = values === undefined ? '' : ` Before that, ${describeValues(values)}.`
  const doubt = certain ? '' : ' This is not certain'
  return `Pixels: ${channelOrder.toUpperCase()}, ${nameOfScaling(network.preprocessing)}; ${sizing}, ${interpolation}. Why: ${reason}.${scaled}${doubt && `${doubt}: ${adviceInDoubt}`}`
}

/** What helps where the preprocessing is not certain. */
export const adviceInDoubt =
  'look up how images were prepared for this network and set normalisation and channelOrder of Load Backbone; a wrong scaling costs accuracy without any error.'
