import { classifierHead, createRandom, type Layer, type Network, normal, type Tensors } from '@graft/network'
import type { ImageSource } from '../data/image-source.js'

/** Flatten, a frozen Gemm and Relu (stage `body`), then the head's Gemm; images of `[3, 4, 4]`. */
export function smallNetwork(classes = 3, features = 8, frozen = true): { network: Network; tensors: Tensors } {
  const gemm = (name: string, input: string): Layer => ({
    name,
    operator: 'Gemm',
    inputs: [input],
    parameters: { weight: `${name}.weight`, bias: `${name}.bias` },
    attributes: { transB: 1 },
  })
  const shapes = {
    'body.gemm.weight': [features, 48],
    'body.gemm.bias': [features],
    'head.fc.weight': [classes, features],
    'head.fc.bias': [classes],
  }
  const random = createRandom(5)
  const network: Network = {
    format: 'graft-network',
    version: 1,
    name: 'small',
    input: { name: 'input', shape: [3, 4, 4] },
    layers: [
      { name: 'body.flatten', operator: 'Flatten', inputs: ['input'], parameters: {}, attributes: { axis: 1 } },
      gemm('body.gemm', 'body.flatten'),
      { name: 'body.relu', operator: 'Relu', inputs: ['body.gemm'], parameters: {}, attributes: {} },
      gemm('head.fc', 'body.relu'),
    ],
    output: 'head.fc',
    parameters: Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => [
        name,
        {
          shape,
          trainable: !frozen || name.startsWith('head'),
          source: { kind: 'initializer', initializer: { name: 'zeros' }, seed: 0 },
        },
      ]),
    ),
    stages: [
      { name: 'body', layers: ['body.flatten', 'body.gemm', 'body.relu'] },
      { name: 'head', layers: ['head.fc'] },
    ],
    preprocessing: {
      height: 4,
      width: 4,
      resize: 'stretch',
      cropFraction: 1,
      interpolation: 'bilinear',
      channelOrder: 'rgb',
      mean: [0.5, 0.5, 0.5],
      deviation: [0.5, 0.5, 0.5],
    },
    head: classifierHead(Array.from({ length: classes }, (_, index) => `class${index}`)),
    provenance: { source: 'test', licence: null, history: [] },
  }
  const tensors: Tensors = new Map(
    Object.entries(shapes).map(([name, shape]) => {
      const size = shape.reduce((product, side) => product * side, 1)
      return [name, { shape, data: Float32Array.from({ length: size }, () => normal(random) * 0.2) }]
    }),
  )
  return { network, tensors }
}

export interface NoiseOptions {
  readonly count: number
  readonly classes?: number
  readonly random?: boolean
  readonly seed?: number
  /** Strength of the class's own pattern. */
  readonly signal?: number
  readonly shape?: readonly [number, number, number]
  /** Key of an image; default: its index. */
  readonly keyOf?: (index: number) => string
}

/** Images of a pattern per class in noise; `loaded` records what was read. */
export function noiseSource(
  options: NoiseOptions,
): ImageSource & { readonly loaded: { indices: readonly number[]; view: number }[] } {
  const { count, classes = 3, random = false, seed = 1, signal = 1, shape = [3, 4, 4], keyOf = String } = options
  const size = shape[0] * shape[1] * shape[2]
  const loaded: { indices: readonly number[]; view: number }[] = []
  const labels = Int32Array.from({ length: count }, (_, index) => index % classes)
  const pixels = (index: number, view: number): Float32Array => {
    const pattern = createRandom(1000 + (labels[index] as number))
    const noise = createRandom(seed * 100_003 + index * 101 + (random ? view : 0))
    return Float32Array.from({ length: size }, () => signal * (pattern() - 0.5) + noise() - 0.5)
  }
  return {
    count,
    labels,
    random,
    loaded,
    key: (index, view) => `${seed}/${keyOf(index)}/${random ? view : 0}`,
    load: async (indices, view) => {
      loaded.push({ indices, view })
      const data = new Float32Array(indices.length * size)
      indices.forEach((index, row) => data.set(pixels(index, view), row * size))
      return { shape: [indices.length, ...shape], data }
    },
  }
}
