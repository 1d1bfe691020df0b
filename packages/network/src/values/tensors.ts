import { NetworkError } from '../network-error.js'
import type { Layer, Network, Parameter, ReadTensor, TensorData, Tensors } from '../network.js'
import { type Fans, fansOfLayer, fansOfShape, initialise } from './initialise.js'

/**
 * Values of every parameter of the network, by parameter name: read from stored weight files (see `readTensorsFrom`) or
 * made by the parameter's seeded initialiser.
 * @throws NetworkError when a blob lacks a tensor or holds it in another shape; whatever `readTensor` throws when a blob is missing
 */
export async function loadTensors(network: Network, readTensor: ReadTensor): Promise<Tensors> {
  const users = usersOfParameters(network)
  const tensors: Tensors = new Map()
  for (const [name, parameter] of Object.entries(network.parameters)) {
    if (parameter.source.kind === 'initializer') {
      const { initializer, seed } = parameter.source
      tensors.set(name, {
        shape: parameter.shape,
        data: initialise(parameter.shape, initializer, seed, fansOf(network, users.get(name), parameter)),
      })
      continue
    }
    const { blob, tensor } = parameter.source
    tensors.set(name, checkedStored(await readTensor(blob, tensor), tensor, name, parameter))
  }
  return tensors
}

/**
 * What must be stored so that {@link withWeights} can refer to it: exactly the network's parameters, in their order,
 * shapes checked.
 * @throws NetworkError naming a parameter without values or with values of another shape
 */
export function storableTensors(network: Network, tensors: Tensors): Tensors {
  return new Map(
    Object.entries(network.parameters).map(([name, parameter]) => [name, checkedTensor(name, parameter, tensors)]),
  )
}

function checkedTensor(name: string, parameter: Parameter, tensors: Tensors): TensorData {
  const tensor = tensors.get(name)
  if (!tensor)
    throw new NetworkError(
      `Parameter ${name} has no values. Expected a tensor ${formatShape(parameter.shape)} for it.`,
      'Load all tensors of the network first.',
    )
  if (!sameShape(tensor.shape, parameter.shape)) throw wrongShape(name, tensor.shape, parameter)
  return tensor
}

function checkedStored(stored: TensorData | null, tensor: string, name: string, parameter: Parameter): TensorData {
  if (stored === null) {
    throw new NetworkError(
      `Parameter ${name} should be tensor ${tensor} of a stored weight file, but the file has no such tensor.`,
      'The stored file is damaged or belongs to another network: load the backbone again.',
    )
  }
  if (!sameShape(stored.shape, parameter.shape)) throw wrongShape(name, stored.shape, parameter)
  return { shape: parameter.shape, data: stored.data }
}

function wrongShape(name: string, shape: readonly number[], parameter: Parameter): NetworkError {
  return new NetworkError(
    `Parameter ${name} has values of shape ${formatShape(shape)}; its layer expects ${formatShape(parameter.shape)}.`,
    'Use the weights that were saved for this network.',
  )
}

function usersOfParameters(network: Network): Map<string, Layer> {
  const users = new Map<string, Layer>()
  for (const layer of network.layers)
    for (const key of Object.values(layer.parameters)) if (!users.has(key)) users.set(key, layer)
  return users
}

/** A bias drawn from `linear` takes the fan-in of its layer's weight, as in PyTorch. */
function fansOf(network: Network, layer: Layer | undefined, parameter: Parameter): Fans {
  const weight = layer?.parameters.weight === undefined ? undefined : network.parameters[layer.parameters.weight]
  return layer && weight ? fansOfLayer(layer, weight.shape) : fansOfShape(parameter.shape)
}

export const sameShape = (left: readonly number[], right: readonly number[]): boolean =>
  left.length === right.length && left.every((size, axis) => size === right[axis])

export const formatShape = (shape: readonly number[]): string => `[${shape.join(', ')}]`
