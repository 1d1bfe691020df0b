import { NetworkError } from '../network-error.js'
import type { Layer, Network, TensorData } from '../network.js'
import { elementCount } from '../operators/support/shape-support.js'
import type { LoadedNetwork } from './format.js'
import { forColourImages, greyLayers, isForGrey } from './image-channels.js'

/** Which images a network's first layers shall read. */
export type Colours = 'grey' | 'rgb'

/**
 * Makes the first layers of a network read grey images, or coloured ones, as timm does with `in_chans` (`adapt_input_conv`): for grey
 * images its kernels are summed over the colours, for coloured ones a grey network's are repeated and divided by three, so that a
 * grey picture gives what it gave. A network that reads such images already stays as it is.
 * @throws NetworkError where the image meets something else than convolutions first
 */
export function adaptChannels(loaded: LoadedNetwork, colours: Colours): LoadedNetwork {
  if (isForGrey(loaded.network) === (colours === 'grey')) return loaded
  return colours === 'grey'
    ? forColourImages(withKernels(loaded, 1, overColours))
    : withKernels(withoutGrey(loaded), 3, forEachColour)
}

/** `[outputs, 3, height, width]` summed over the colours. */
function overColours({ shape, data }: TensorData): Float32Array {
  const [outputs = 1, channels = 1, ...window] = shape
  const size = elementCount(window)
  return Float32Array.from({ length: outputs * size }, (_, index) => {
    const start = Math.floor(index / size) * channels * size + (index % size)
    let sum = 0
    for (let channel = 0; channel < channels; channel++) sum += data[start + channel * size] ?? 0
    return sum
  })
}

/** `[outputs, 1, height, width]`, a third of it for each colour. */
function forEachColour({ shape, data }: TensorData): Float32Array {
  const [outputs = 1, , ...window] = shape
  const size = elementCount(window)
  return Float32Array.from(
    { length: outputs * 3 * size },
    (_, index) => (data[Math.floor(index / (3 * size)) * size + (index % size)] ?? 0) / 3,
  )
}

/** The network with other kernels in the layers that the image meets first. */
function withKernels(
  { network, tensors }: LoadedNetwork,
  channels: number,
  adapted: (kernels: TensorData) => Float32Array,
): LoadedNetwork {
  const keys = new Set(firstKernels(network))
  const of = (key: string): TensorData => {
    const { shape, data } = tensors.get(key) ?? { shape: [], data: new Float32Array() }
    const [outputs = 1, , ...window] = shape
    return { shape: [outputs, channels, ...window], data: adapted({ shape, data }) }
  }
  const changed = new Map([...keys].map((key) => [key, of(key)]))
  const parameters = Object.entries(network.parameters).map(([key, parameter]) => [
    key,
    changed.has(key) ? { ...parameter, shape: changed.get(key)?.shape ?? parameter.shape } : parameter,
  ])
  const [, ...size] = network.input.shape
  const said =
    channels === 1 ? 'kernels summed over the colours, for grey images' : 'kernels repeated for three colours'
  return {
    network: {
      ...network,
      input: { ...network.input, shape: [channels, ...size] },
      parameters: Object.fromEntries(parameters) as Network['parameters'],
      provenance: { ...network.provenance, history: [...network.provenance.history, `first layer: ${said}`] },
    },
    tensors: new Map([...tensors, ...changed]),
  }
}

/** Weights of the convolutions that read the image. Throws NetworkError where anything else does. */
function firstKernels(network: Network): readonly string[] {
  const readers = network.layers.filter(({ inputs }) => inputs.includes(network.input.name))
  const other = readers.find((layer) => !isPlainConvolution(network, layer))
  if (other === undefined && readers.length > 0) return readers.map(({ parameters }) => parameters['weight'] ?? '')
  throw new NetworkError(
    `The first layer of ${network.name} that reads the image, '${other?.name ?? ''}', is a ${other?.operator ?? 'layer'} that can't be made for other colours. Expected a convolution.`,
    'Leave `channels` as the file says: pictures of any kind are brought to the colours that the network reads.',
  )
}

function isPlainConvolution({ parameters }: Network, layer: Layer): boolean {
  const shape = parameters[layer.parameters['weight'] ?? '']?.shape ?? []
  return layer.operator.endsWith('Conv') && shape.length === 4 && (layer.attributes['group'] ?? 1) === 1
}

/** A network for grey images without the layers that turn colours grey. */
function withoutGrey({ network, tensors }: LoadedNetwork): LoadedNetwork {
  const gone = new Set<string>(Object.values(greyLayers))
  const [, ...size] = network.input.shape
  const renamed = (name: string): string => (name === greyLayers.grey ? network.input.name : name)
  return {
    network: {
      ...network,
      input: { ...network.input, shape: [1, ...size] },
      layers: network.layers.flatMap((layer) =>
        gone.has(layer.name) ? [] : [{ ...layer, inputs: layer.inputs.map(renamed) }],
      ),
      parameters: Object.fromEntries(Object.entries(network.parameters).filter(([key]) => !gone.has(key))),
      stages: network.stages.map((stage) => ({ ...stage, layers: stage.layers.filter((name) => !gone.has(name)) })),
    },
    tensors: new Map([...tensors].filter(([key]) => !gone.has(key))),
  }
}
