import type { Network, TensorData, Tensors } from '@graft/network'
import { EngineError } from '../engine.js'

/** Values of one parameter. Throws EngineError when they are missing or have another shape than the network says. */
export function checkedTensor(network: Network, tensors: Tensors, name: string): TensorData {
  const expected = network.parameters[name]?.shape ?? []
  const tensor = tensors.get(name)
  if (!tensor)
    throw new EngineError(
      `The values of parameter "${name}" are missing. Expected a tensor of shape [${expected.join(', ')}].`,
      `Load all parameters of "${network.name}" with loadTensors.`,
    )
  if (tensor.shape.join() !== expected.join()) {
    throw new EngineError(
      `Parameter "${name}" has shape [${tensor.shape.join(', ')}], but the network "${network.name}" says [${expected.join(', ')}].`,
      'Load the weights that belong to this network.',
    )
  }
  return tensor
}
