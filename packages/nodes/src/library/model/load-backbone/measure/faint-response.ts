import type { Batch } from '@graft/engines'
import type { Layer, Scaling, Tensors } from '@graft/network'
import { scaled } from './candidates.js'
import type { NaturalImages } from './natural-images.js'
import type { RunningBeginning } from './run-beginning.js'

/** Raw values are some hundred times as large as scaled ones; networks that want either differ less among each other. */
const faintest = 1 / 20

/**
 * Whether a first layer hardly sees images that are scaled so: its biases (with a normalisation folded into them) are
 * far larger than what differs between images. False where it has no biases.
 */
export async function isFaint(
  tensors: Tensors,
  layer: Layer,
  beginning: RunningBeginning,
  images: NaturalImages,
  scaling: Scaling,
): Promise<boolean> {
  const bias = tensors.get(layer.parameters['bias'] ?? '')?.data
  const { count, height, width } = images
  const data = scaled(images.values, height * width, scaling)
  const value = (await beginning.run({ shape: [count, 3, height, width], data }))[layer.name]
  if (bias === undefined || value === undefined) return false
  const ratios = deviationsOf(value).flatMap((deviation, channel) => {
    const size = Math.abs(bias[channel] ?? 0)
    return size > 0 ? [deviation / size] : []
  })
  const middle = ratios.sort((left, right) => left - right)[ratios.length >> 1]
  return middle !== undefined && middle < faintest
}

/** Per channel, over all images and positions. */
function deviationsOf({ shape: [count = 1, channels = 1], data }: Batch): readonly number[] {
  const area = data.length / (count * channels)
  return Array.from({ length: channels }, (_, channel) => {
    let [sum, squares] = [0, 0]
    for (let image = 0; image < count; image++)
      for (const value of data.subarray((image * channels + channel) * area, (image * channels + channel + 1) * area)) {
        sum += value
        squares += value * value
      }
    const mean = sum / (count * area)
    return Math.sqrt(Math.max(0, squares / (count * area) - mean ** 2))
  })
}
