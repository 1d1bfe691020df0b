import { createRandom, normal, type Random } from '@graft/network'
import { inverseFourier } from './fourier.js'

/** Mean colour of ImageNet's photos, of values from 0 to 1. */
const meanColour = [0.485, 0.456, 0.406] as const

/** How their colours vary: variances along three axes of colour space (Krizhevsky et al. 2012, as in fb.resnet.torch). */
const variances = [0.2175, 0.0188, 0.0045] as const
const axes = [
  [-0.5675, 0.7192, 0.4009],
  [-0.5808, -0.0045, -0.814],
  [-0.5836, -0.6948, 0.4203],
] as const

/** Amplitudes of photos fall with this power of the frequency (Field 1987; 1.2 for van Hateren's collection). */
const fall = 1.2
/** How much of the variance is between photos, the rest is within them. */
const shareBetween = 0.3
const side = 256
const pairs = 2

/** Images `[count, 3, height, width]` of values from 0 to 1. */
export interface NaturalImages {
  readonly count: number
  readonly height: number
  readonly width: number
  readonly values: Float32Array
}

/**
 * Images without a subject that have the mean colour, the covariance of colours and the spectrum of photos: to a first
 * convolution they look like photos. Of every image there is its negative about the mean colour, so that the mean is
 * exact with few images. Always the same.
 */
export function naturalImages(height: number, width: number): NaturalImages {
  const random = createRandom(1)
  const values = new Float32Array(2 * pairs * 3 * height * width)
  for (let pair = 0; pair < pairs; pair++) {
    const fields = fieldsOf(random)
    for (let channel = 0; channel < 3; channel++) {
      const difference = inColour(fields, channel)
      const plane = (image: number): Float32Array =>
        values.subarray(((2 * pair + image) * 3 + channel) * height * width).subarray(0, height * width)
      draw(plane(0), width, meanColour[channel] ?? 0, difference, 1)
      draw(plane(1), width, meanColour[channel] ?? 0, difference, -1)
    }
  }
  return { count: 2 * pairs, height, width, values }
}

/** What the fields along the axes of colour space add to one colour. */
function inColour(fields: readonly Field[], channel: number): Float64Array {
  const result = new Float64Array(side * side)
  fields.forEach(({ values, level }, axis) => {
    const deviation = (axes[channel]?.[axis] ?? 0) * Math.sqrt(variances[axis] ?? 0)
    const within = deviation * Math.sqrt(1 - shareBetween)
    const between = deviation * Math.sqrt(shareBetween) * level
    for (let at = 0; at < result.length; at++) result[at] = (result[at] ?? 0) + between + within * (values[at] ?? 0)
  })
  return result
}

/** Fields repeat at their borders without a seam, so an image may be of any size. */
function draw(plane: Float32Array, width: number, mean: number, difference: Float64Array, sign: number): void {
  for (let position = 0, row = 0; position < plane.length; row = (row + 1) % side)
    for (let column = 0; column < width; column++, position++)
      plane[position] = clip(mean + sign * (difference[row * side + (column % side)] ?? 0))
}

const clip = (value: number): number => Math.min(1, Math.max(0, value))

/** Values of mean 0 and variance 1, and how far the image as a whole is from the mean. */
interface Field {
  readonly values: Float64Array
  readonly level: number
}

/** One for each axis of colour space. */
function fieldsOf(random: Random): readonly Field[] {
  const [first, second] = pairOfFields(random)
  const [third] = pairOfFields(random)
  return [first, second, third].map((values) => ({ values, level: random() < 0.5 ? -1 : 1 }))
}

/** Real and imaginary part of one transform are two fields that know nothing of each other. */
function pairOfFields(random: Random): readonly [Float64Array, Float64Array] {
  const [real, imaginary] = [new Float64Array(side * side), new Float64Array(side * side)]
  const frequency = (index: number): number => (index <= side / 2 ? index : index - side)
  for (let position = 1; position < side * side; position++) {
    const squared = frequency(position % side) ** 2 + frequency(Math.floor(position / side)) ** 2
    const amplitude = squared ** (-fall / 2)
    real[position] = normal(random) * amplitude
    imaginary[position] = normal(random) * amplitude
  }
  inverseFourier(real, imaginary, side)
  return [standardised(real), standardised(imaginary)]
}

function standardised(field: Float64Array): Float64Array {
  let squares = 0
  for (const value of field) squares += value * value
  const deviation = Math.sqrt(squares / field.length)
  return field.map((value) => value / deviation)
}
