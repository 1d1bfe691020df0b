import type { AttributeValue, Layer, Network, Parameter, TensorData, Tensors } from '@graft/network'

/** A network whose time says how fast one kind of work is. */
export interface MeasuredProblem {
  readonly network: Network
  readonly tensors: Tensors
  readonly batchSize: number
  /**
   * Whether an engine that is slow may be measured on one image: not where that would mean moving a weight for every
   * multiplication.
   */
  readonly divisible: boolean
}

/**
 * `trained`: the layer twice, so that a training step needs the gradient by an input too, with what stands between
 * layers in real networks.
 */
export type Purpose = 'forward' | 'trained'

/** 3x3 convolutions at 56x56. */
export function convolutionProblem(channels: number, group: number, purpose: Purpose): MeasuredProblem {
  const shapes: Record<string, readonly number[]> = {}
  const convolution = (index: number, input: string): Layer => {
    shapes[`weight${index}`] = [channels, channels / group, 3, 3]
    return layer(`convolution${index}`, 'Conv', input, { pads: [1, 1, 1, 1], group }, { weight: `weight${index}` })
  }
  const normalisation = (index: number): Layer => {
    const slots = ['scale', 'shift', 'mean', 'variance'].map((slot) => [slot, `${slot}${index}`] as const)
    for (const [, name] of slots) shapes[name] = [channels]
    return {
      ...layer(`normalisation${index}`, 'BatchNormalization', `convolution${index}`, {}, Object.fromEntries(slots)),
      statistics: 'frozen',
    }
  }
  const convolutions =
    purpose === 'forward'
      ? [convolution(0, 'input')]
      : [
          convolution(0, 'input'),
          normalisation(0),
          layer('relu', 'Relu', 'normalisation0'),
          convolution(1, 'relu'),
          normalisation(1),
        ]
  const layers = [
    ...convolutions,
    layer('pool', 'GlobalAveragePool', convolutions.at(-1)?.name ?? ''),
    layer('output', 'Flatten', 'pool'),
  ]
  return problem([channels, 56, 56], shapes, layers, { batchSize: purpose === 'forward' ? 8 : 4, divisible: true })
}

/** Products of a square matrix and a batch of vectors. */
export function productProblem(size: number, purpose: Purpose, batchSize: number): MeasuredProblem {
  const product = (name: string, input: string): Layer =>
    layer(name, 'Gemm', input, { transB: 1 }, { weight: `${name} weight` })
  const products =
    purpose === 'forward' ? [product('output', 'flat')] : [product('hidden', 'flat'), product('output', 'hidden')]
  const shapes = Object.fromEntries(products.map(({ name }) => [`${name} weight`, [size, size]]))
  return problem([size, 1, 1], shapes, [layer('flat', 'Flatten', 'input'), ...products], {
    batchSize,
    divisible: false,
  })
}

/** So little work that what remains is what every call costs. */
export const smallestProblem = (purpose: Purpose): MeasuredProblem => productProblem(8, purpose, 1)

function layer(
  name: string,
  operator: string,
  input: string,
  attributes: Record<string, AttributeValue> = {},
  parameters: Record<string, string> = {},
): Layer {
  return { name, operator, inputs: [input], parameters, attributes }
}

function problem(
  shape: readonly [number, number, number],
  shapes: Readonly<Record<string, readonly number[]>>,
  layers: readonly Layer[],
  how: Pick<MeasuredProblem, 'batchSize' | 'divisible'>,
): MeasuredProblem {
  const [, height, width] = shape
  const network: Network = {
    format: 'graft-network',
    version: 1,
    name: 'measurement',
    input: { name: 'input', shape },
    layers,
    output: 'output',
    parameters: Object.fromEntries(
      Object.entries(shapes).map(([name, size]) => [name, parameter(size, !isStatistic(name))]),
    ),
    stages: [{ name: 'head', layers: layers.map(({ name }) => name) }],
    preprocessing: {
      height,
      width,
      resize: 'stretch',
      cropFraction: 1,
      interpolation: 'bilinear',
      channelOrder: 'rgb',
      mean: [0, 0, 0],
      deviation: [1, 1, 1],
    },
    head: null,
    provenance: { source: 'measurement', licence: null, history: [] },
  }
  return {
    network,
    tensors: new Map(
      Object.entries(shapes).map(([name, size]): [string, TensorData] => [
        name,
        { shape: size, data: valuesOf(name, size) },
      ]),
    ),
    ...how,
  }
}

const parameter = (shape: readonly number[], trainable: boolean): Parameter => ({
  shape,
  trainable,
  source: { kind: 'initializer', initializer: { name: 'ones' }, seed: 0 },
})
const isStatistic = (name: string): boolean => /^(mean|variance)/.test(name)

function valuesOf(name: string, shape: readonly number[]): Float32Array<ArrayBuffer> {
  if (/^(scale|variance)/.test(name)) return filled(shape, 1).fill(1)
  return /^(shift|mean)/.test(name) ? filled(shape, 1).fill(0) : filled(shape, 160)
}

/** Values of ordinary size, up to 8 over `divisor`; zeros or denormals could be computed faster or slower. */
export function filled(shape: readonly number[], divisor: number): Float32Array<ArrayBuffer> {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1))
  for (let index = 0; index < values.length; index++) values[index] = ((index % 17) - 8) / divisor
  return values
}
