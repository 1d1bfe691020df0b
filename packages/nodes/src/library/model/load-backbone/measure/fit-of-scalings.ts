import type { Batch } from '@graft/engines'
import { type Layer, resolveAttributes, type Scaling, type Tensors } from '@graft/network'
import { candidates, scaled } from './candidates.js'
import type { NaturalImages } from './natural-images.js'
import type { RunningBeginning } from './run-beginning.js'

/** How well what a network remembers of its training images fits images that are scaled so; 0 is perfectly. */
export interface Fit {
  readonly scaling: Scaling
  readonly distance: number
}

/** Channels that are further off say no more. */
const furthest = 4

/**
 * Compares the means and variances that normalisations have stored with those of images under every candidate. The
 * distance is the divergence of the two normal distributions (Kullback and Leibler), on average over all channels.
 * Empty where the network remembers nothing: without normalisations, or when they are as new.
 * @returns the best first
 */
export async function fitOfScalings(
  tensors: Tensors,
  normalisations: readonly Layer[],
  beginning: RunningBeginning,
  images: NaturalImages,
): Promise<readonly Fit[]> {
  const remembered = normalisations.flatMap((layer) => memoryOf(layer, tensors))
  if (remembered.every(({ variance }) => variance.every((value) => value === 1))) return []
  const fits: Fit[] = []
  for (const scaling of candidates) {
    const data = scaled(images.values, images.height * images.width, scaling)
    const values = await beginning.run({ shape: [images.count, 3, images.height, images.width], data })
    const distances = remembered.flatMap((memory) => distancesOf(memory, valueOf(memory.input, values, data, images)))
    fits.push({ scaling, distance: distances.reduce((sum, value) => sum + value, 0) / distances.length })
  }
  return fits.sort((left, right) => left.distance - right.distance)
}

interface Memory {
  readonly input: string
  readonly epsilon: number
  readonly mean: Float32Array
  readonly variance: Float32Array
}

function memoryOf(layer: Layer, tensors: Tensors): Memory[] {
  const mean = tensors.get(layer.parameters['mean'] ?? '')
  const variance = tensors.get(layer.parameters['variance'] ?? '')
  const epsilon = resolveAttributes(layer)['epsilon']
  const [input] = layer.inputs
  return mean === undefined || variance === undefined || input === undefined
    ? []
    : [{ input, epsilon: typeof epsilon === 'number' ? epsilon : 0, mean: mean.data, variance: variance.data }]
}

/** What a normalisation reads; the images themselves where it is the first layer. */
const valueOf = (
  name: string,
  values: Readonly<Record<string, Batch>>,
  data: Float32Array,
  { count, height, width }: NaturalImages,
): Batch => values[name] ?? { shape: [count, 3, height, width], data }

function distancesOf({ mean, variance, epsilon }: Memory, { shape, data }: Batch): number[] {
  const [count = 1, channels = 1] = shape
  const area = data.length / (count * channels)
  return Array.from({ length: channels }, (_, channel) => {
    let [sum, squares] = [0, 0]
    for (let image = 0; image < count; image++)
      for (let at = (image * channels + channel) * area, end = at + area; at < end; at++) {
        const value = data[at] ?? 0
        sum += value
        squares += value * value
      }
    const found = sum / (count * area)
    const foundVariance = Math.max(0, squares / (count * area) - found ** 2) + epsilon
    const stored = (variance[channel] ?? 1) + epsilon
    const ratio = foundVariance / stored
    const distance = (ratio - 1 - Math.log(ratio) + (found - (mean[channel] ?? 0)) ** 2 / stored) / 2
    return Math.min(furthest, distance)
  })
}
