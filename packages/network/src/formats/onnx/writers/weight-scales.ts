/** How much of a channel's largest weight is tried to be kept. */
const shares = Array.from({ length: 14 }, (_, index) => 1 - index * 0.03)

/** Weights in a row, and the channel of each. */
export interface ChannelledWeights {
  readonly values: Float32Array
  readonly channels: number
  channelOf(index: number): number
}

/**
 * A scale per channel with which the weights, rounded to whole numbers up to `levels` and cut off there, keep the least
 * squared error: a few large ones may be cut so that all others are told apart more finely.
 */
export function weightScales(weights: ChannelledWeights, levels: number): Float32Array {
  const largest = largestOf(weights)
  const best = new Float64Array(weights.channels).fill(Infinity)
  const scales = new Float32Array(weights.channels)
  for (const share of shares) {
    const tried = largest.map((value) => (value * share) / levels)
    errorsOf(weights, tried, levels).forEach((error, channel) => {
      if (error >= (best[channel] ?? 0)) return
      best[channel] = error
      scales[channel] = tried[channel] ?? 0
    })
  }
  return scales
}

/** The whole number nearest to a weight in units of a scale, at most `levels` from nought. */
export const rounded = (value: number, scale: number, levels: number): number =>
  scale === 0 ? 0 : Math.min(levels, Math.max(-levels, Math.round(value / scale)))

function largestOf({ values, channels, channelOf }: ChannelledWeights): Float32Array {
  const largest = new Float32Array(channels)
  for (let index = 0; index < values.length; index += 1) {
    const channel = channelOf(index)
    largest[channel] = Math.max(largest[channel] ?? 0, Math.abs(values[index] ?? 0))
  }
  return largest
}

function errorsOf(
  { values, channels, channelOf }: ChannelledWeights,
  scales: Float32Array,
  levels: number,
): Float64Array {
  const errors = new Float64Array(channels)
  for (let index = 0; index < values.length; index += 1) {
    const channel = channelOf(index)
    const [value = 0, scale = 0] = [values[index], scales[channel]]
    const error = rounded(value, scale, levels) * scale - value
    errors[channel] = (errors[channel] ?? 0) + error * error
  }
  return errors
}
