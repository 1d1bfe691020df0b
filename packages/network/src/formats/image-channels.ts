import type { Layer, Network, Parameter, Tensors } from '../network.js'
import { FormatError } from '../weight-format.js'
import type { LoadedNetwork } from './format.js'

/** What the eye sees of red, green and blue (ITU-R 601), as Pillow's `L`. */
const luminance = [0.299, 0.587, 0.114]

/** Names of the layers that turn colours grey, and of their parameter. */
export const greyLayers = { weighted: 'grey.weighted', grey: 'grey', luminance: 'grey.luminance' } as const

/** Whether a network turns colours grey before anything else. */
export const isForGrey = ({ input, layers }: Network): boolean =>
  layers.some(({ name, inputs }) => name === greyLayers.weighted && inputs[0] === input.name)

/**
 * Makes a network take the three channels that images have: before one for grey images, they are turned grey. Throws
 * FormatError for any other number of channels.
 */
export function forColourImages(loaded: LoadedNetwork): LoadedNetwork {
  const [channels = 3] = loaded.network.input.shape
  if (channels === 3 || loaded.network.input.shape.length !== 3) return loaded
  if (channels === 1) return greyFirst(loaded)
  throw new FormatError(
    `The network ${loaded.network.name} takes images with ${channels} channels. Expected 3 (colour) or 1 (grey).`,
    'Use a network for colour images; timm makes one of another with create_model(..., in_chans=3).',
  )
}

/** A weighted sum of the channels, as a product with constants: no part of it is learned. */
function greyFirst({ network, tensors }: LoadedNetwork): LoadedNetwork {
  const [, ...size] = network.input.shape
  const { weighted, grey, luminance: key } = greyLayers
  const parameter: Parameter = {
    shape: [1, 3, 1, 1],
    trainable: false,
    source: { kind: 'blob', blob: '', tensor: key },
  }
  const first: readonly Layer[] = [
    { name: weighted, operator: 'Mul', inputs: [network.input.name], parameters: { constant: key }, attributes: {} },
    { name: grey, operator: 'ReduceSum', inputs: [weighted], parameters: {}, attributes: { axes: [1], keepdims: 1 } },
  ]
  const rest = network.layers.map((layer) => ({
    ...layer,
    inputs: layer.inputs.map((name) => (name === network.input.name ? grey : name)),
  }))
  const [stem, ...stages] = network.stages
  return {
    network: {
      ...network,
      input: { ...network.input, shape: [3, ...size] },
      layers: [...first, ...rest],
      parameters: { ...network.parameters, [key]: parameter },
      stages: stem ? [{ ...stem, layers: [weighted, grey, ...stem.layers] }, ...stages] : [],
      preprocessing: { ...network.preprocessing, ...sameForAll(network) },
      provenance: {
        ...network.provenance,
        history: [...network.provenance.history, 'made for grey images: colours are turned grey first'],
      },
    },
    tensors: new Map([
      ...tensors,
      [key, { shape: [1, 3, 1, 1], data: Float32Array.from(luminance) }],
    ]) satisfies Tensors,
  }
}

/** One channel has one mean and one deviation. */
function sameForAll({
  preprocessing: { mean, deviation },
}: Network): Pick<Network['preprocessing'], 'mean' | 'deviation'> {
  const average = ([a, b, c]: readonly [number, number, number]): readonly [number, number, number] => {
    const value = Number(((a + b + c) / 3).toPrecision(7))
    return [value, value, value]
  }
  return { mean: average(mean), deviation: average(deviation) }
}
