import type { AttributeValue, Layer, Network, Parameter, TensorData, Tensors } from '@graft/network'

/** A network whose time says how fast one kind of work is. */
export interface MeasuredProblem {
  readonly network: Network
  readonly tensors: Tensors
  readonly batchSize: number
}

/** `trained`: behind a normalisation with something to learn, so that training needs the gradient by the layer's input too. */
export type Purpose = 'forward' | 'trained'

/** A 3x3 convolution at 56x56. */
export function convolutionProblem(channels: number, group: number, purpose: Purpose): MeasuredProblem {
  return problem(purpose, [channels, 56, 56], [channels, channels / group, 3, 3], 8, [
    layer('weighted', 'Conv', before[purpose], { pads: [1, 1, 1, 1], group }, { weight: 'weight' }),
    layer('pool', 'GlobalAveragePool', 'weighted'),
    layer('output', 'Flatten', 'pool'),
  ])
}

export function productProblem(purpose: Purpose): MeasuredProblem {
  return problem(purpose, [1024, 1, 1], [1024, 1024], 256, gemmLayers(purpose))
}

/** So little work that what remains is what every call costs. */
export function smallestProblem(purpose: Purpose): MeasuredProblem {
  return problem(purpose, [8, 1, 1], [8, 8], 1, gemmLayers(purpose))
}

/** What the first layer reads. */
const before = { forward: 'input', trained: 'scaled' } as const

const gemmLayers = (purpose: Purpose): readonly Layer[] => [layer('flat', 'Flatten', before[purpose]), layer('output', 'Gemm', 'flat', { transB: 1 }, { weight: 'weight' })]

function layer(name: string, operator: string, input: string, attributes: Record<string, AttributeValue> = {}, parameters: Record<string, string> = {}): Layer {
  return { name, operator, inputs: [input], parameters, attributes }
}

function problem(purpose: Purpose, shape: readonly [number, number, number], weight: readonly number[], batchSize: number, layers: readonly Layer[]): MeasuredProblem {
  const [channels, height, width] = shape
  const slots = purpose === 'trained' ? (['scale', 'shift', 'mean', 'variance'] as const) : []
  const scaled: Layer = { ...layer('scaled', 'BatchNormalization', 'input', {}, Object.fromEntries(slots.map(slot => [slot, slot]))), statistics: 'frozen' }
  const shapes: Readonly<Record<string, readonly number[]>> = { ...Object.fromEntries(slots.map(slot => [slot, [channels]])), weight }
  const tensors = new Map(Object.entries(shapes).map(([name, size]): [string, TensorData] => [name, { shape: size, data: name === 'weight' ? filled(size) : filled(size).fill(name === 'scale' || name === 'variance' ? 1 : 0) }]))
  const all = purpose === 'trained' ? [scaled, ...layers] : layers
  const network: Network = {
    format: 'graft-network',
    version: 1,
    name: 'measurement',
    input: { name: 'input', shape },
    layers: all,
    output: 'output',
    parameters: Object.fromEntries(Object.entries(shapes).map(([name, size]) => [name, parameter(size, name !== 'mean' && name !== 'variance')])),
    stages: [{ name: 'head', layers: all.map(({ name }) => name) }],
    preprocessing: { height, width, resize: 'stretch', cropFraction: 1, interpolation: 'bilinear', channelOrder: 'rgb', mean: [0, 0, 0], deviation: [1, 1, 1] },
    classNames: null,
    provenance: { source: 'measurement', licence: null, history: [] },
  }
  return { network, tensors, batchSize }
}

const parameter = (shape: readonly number[], trainable: boolean): Parameter => ({ shape, trainable, source: { kind: 'initializer', initializer: { name: 'ones' }, seed: 0 } })

/** Values of ordinary size; zeros or denormals could be computed faster or slower. */
function filled(shape: readonly number[]): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, index) => ((index % 17) - 8) / 160)
}
