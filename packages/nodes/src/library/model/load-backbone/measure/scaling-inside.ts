import type { Batch } from '@graft/engines'
import { inOrder, namedScalings, sameNumbers, type Scaling } from '@graft/network'
import { candidates, type Order } from './candidates.js'
import type { RunningBeginning } from './run-beginning.js'

/** What the layers before the first learned one do to a colour: `matrix * colour + shift`, channel by channel. */
export interface ScalingInside {
  readonly matrix: readonly (readonly number[])[]
  readonly shift: readonly number[]
}

/** Entry of the learned part of a network, as `beginningOf` finds it. */
type Entry = { readonly name: string; readonly channelAxis: number }

/**
 * Finds it out by colours that fill the image, so that it doesn't matter which operators are used. Null where nothing
 * is done to colours, or something that isn't linear.
 */
export async function scalingInside(entry: Entry, beginning: RunningBeginning): Promise<ScalingInside | null> {
  const ask = async (colour: readonly number[]): Promise<readonly number[]> =>
    colourOf(entry, (await beginning.run(filled(colour, beginning)))[entry.name])
  const shift = await ask([0, 0, 0])
  const columns: (readonly number[])[] = []
  for (const unit of [0, 1, 2])
    columns.push(
      (await ask([0, 1, 2].map((channel) => (channel === unit ? 1 : 0)))).map((value, at) => value - (shift[at] ?? 0)),
    )
  const matrix = [0, 1, 2].map((row) => columns.map((column) => column[row] ?? 0))
  const inside = { matrix, shift }
  const trial = [7, -3, 5]
  const found = await ask(trial)
  const isLinear = applied(inside, trial).every((value, at) => close(value, found[at] ?? 0, 1e-3))
  return isLinear && !isIdentity(inside) ? inside : null
}

function filled(colour: readonly number[], { height, width }: RunningBeginning): Batch {
  const area = height * width
  const data = new Float32Array(3 * area)
  colour.forEach((value, channel) => data.fill(value, channel * area, (channel + 1) * area))
  return { shape: [1, 3, height, width], data }
}

/** Mean over the middle half, where nothing is padded. */
function colourOf({ channelAxis }: Entry, value: Batch | undefined): readonly number[] {
  const [, ...shape] = value?.shape ?? []
  const [rows = 1, columns = 1] = channelAxis === 1 ? shape.slice(1) : shape
  const sums = [0, 0, 0]
  let count = 0
  for (let row = rows >> 2; row < rows - (rows >> 2); row++)
    for (let column = columns >> 2; column < columns - (columns >> 2); column++, count++)
      for (let channel = 0; channel < 3; channel++) {
        const at =
          channelAxis === 1 ? (channel * rows + row) * columns + column : (row * columns + column) * 3 + channel
        sums[channel] = (sums[channel] ?? 0) + (value?.data[at] ?? 0)
      }
  return sums.map((sum) => sum / count)
}

const applied = ({ matrix, shift }: ScalingInside, colour: readonly number[]): readonly number[] =>
  matrix.map((row, at) => row.reduce((sum, factor, channel) => sum + factor * (colour[channel] ?? 0), shift[at] ?? 0))

const isIdentity = ({ matrix, shift }: ScalingInside): boolean =>
  matrix.every((row, at) => row.every((factor, channel) => close(factor, at === channel ? 1 : 0, 1e-4))) &&
  shift.every((value) => close(value, 0, 1e-4))

const close = (left: number, right: number, tolerance: number): boolean =>
  Math.abs(left - right) <= tolerance * Math.max(1, Math.abs(left), Math.abs(right))

/** Scalings of which the layers inside make a usual one; the likelier first. */
export function fittingInside(inside: ScalingInside): readonly Scaling[] {
  const exact = candidates.filter((scaling) => {
    const whole = together(inside, scaling)
    return whole !== null && usual.some((named) => sameNumbers(inOrder(named, whole.channelOrder), whole))
  })
  return exact.length > 0 ? exact : candidates.filter((scaling) => looksNormal(inside, scaling))
}

/** Raw values aren't what scaling layers make. */
const usual = namedScalings.filter(({ id }) => id !== 'zero-to-255')

/** A scaling and what the layers do after it, as one; null where they mix colours. */
function together({ matrix, shift }: ScalingInside, { channelOrder, mean, deviation }: Scaling): Scaling | null {
  const sources = matrix.map((row) => row.findIndex((factor) => Math.abs(factor) > 1e-9))
  const isPlain = matrix.every((row, at) =>
    row.every((factor, channel) => (channel === sources[at] ? factor > 0 : Math.abs(factor) < 1e-6 * Math.max(...row))),
  )
  const straight = sources.join() === '0,1,2'
  if (!isPlain || !(straight || sources.join() === '2,1,0')) return null
  const order: Order = straight === (channelOrder === 'rgb') ? 'rgb' : 'bgr'
  const channels = sources.map((source, at) => {
    const factor = (matrix[at]?.[source] ?? 1) / (deviation[source] ?? 1)
    return { deviation: 1 / factor, mean: (mean[source] ?? 0) - (shift[at] ?? 0) / factor }
  })
  const triple = (of: 'mean' | 'deviation'): Scaling['mean'] => [
    channels[0]?.[of] ?? 0,
    channels[1]?.[of] ?? 0,
    channels[2]?.[of] ?? 0,
  ]
  return { channelOrder: order, mean: triple('mean'), deviation: triple('deviation') }
}

/** Mean and deviation of photos, of values from 0 to 1. */
const [photoMean, photoDeviation] = [0.45, 0.27]

/** Whether photos that are scaled so have about mean 0 behind the layers, and a deviation near 1 or near that of bytes. */
function looksNormal(inside: ScalingInside, scaling: Scaling): boolean {
  const whole = together(inside, scaling)
  if (whole === null) return false
  return whole.mean.every((mean, channel) => {
    const deviation = photoDeviation / (whole.deviation[channel] ?? 1)
    const offset = Math.abs(photoMean - mean) / photoDeviation
    return offset < 0.7 && ((deviation > 0.2 && deviation < 2.5) || (deviation > 45 && deviation < 90))
  })
}
