import { NetworkError } from '../../network-error.js'
import type { Network, Tensors } from '../../network.js'
import type { OutputActivation } from '../format.js'
import { type KerasDialect, KerasModelWriter, type OperatorWriter, type WrittenLayer } from './keras-model.js'
import { clip, elu, gelu, hardSigmoid, leakyRelu, logarithm, simpleActivations, softmax } from './layers/activations.js'
import { dense } from './layers/linear.js'
import { binary, concat } from './layers/merging.js'
import { batchNormalization, layerNormalization, unitLength } from './layers/normalisation.js'
import { dropout, globalPooling, pad, reductions, reshaping, transpose } from './layers/shapes.js'
import { convolution, pooling } from './layers/windows.js'
import { probabilitiesBefore } from './patterns.js'

export type { WrittenLayer } from './keras-model.js'

/** How operators are written as Keras layers; what isn't here can't be. */
const operatorWriters: readonly OperatorWriter[] = [
  convolution,
  pooling,
  dense,
  batchNormalization,
  layerNormalization,
  unitLength,
  logarithm,
  simpleActivations,
  gelu,
  clip,
  leakyRelu,
  elu,
  hardSigmoid,
  softmax,
  binary,
  concat,
  globalPooling,
  reductions,
  reshaping,
  transpose,
  pad,
  dropout,
]

export interface WrittenKerasModel {
  readonly layers: readonly WrittenLayer[]
  readonly input: string
  readonly output: string
}

/**
 * A classifier as Keras layers: channels last, probabilities as its output. Throws NetworkError naming the layer that
 * Keras has none for.
 */
export function kerasModelOf(
  network: Network,
  tensors: Tensors,
  activation: OutputActivation,
  dialect: KerasDialect,
): WrittenKerasModel {
  if (network.input.shape.length !== 3)
    throw new NetworkError(`${network.name} takes no images.`, 'Export as ONNX, which can hold every network.')
  // TensorFlow.js's layers take no logarithm, and would undo it at once.
  const known = dialect === 'tfjs' ? probabilitiesBefore(network, activation) : null
  const shortened = known && withoutLayers(network, known)
  const writer = new KerasModelWriter(shortened ?? network, tensors, operatorWriters, dialect)
  const { layer } = writer.write()
  const name = writer.layers.some((other) => other.name === 'probabilities') ? 'graft_probabilities' : 'probabilities'
  const config = { activation: known ? 'linear' : activation.operator.toLowerCase() }
  const shape = writer.layers.find((other) => other.name === layer)?.shape ?? []
  const last: WrittenLayer = { className: 'Activation', name, config, inputs: [layer], shape, weights: {} }
  return { layers: [...writer.layers, last], input: writer.layers[0]?.name ?? '', output: name }
}

/** The network up to a value. */
function withoutLayers(
  network: Network,
  { value, after }: NonNullable<ReturnType<typeof probabilitiesBefore>>,
): Network {
  const layers = network.layers.filter(({ name }) => !after.has(name))
  const stages = network.stages.map((stage) => ({ ...stage, layers: stage.layers.filter((name) => !after.has(name)) }))
  return { ...network, layers, stages, output: value }
}
