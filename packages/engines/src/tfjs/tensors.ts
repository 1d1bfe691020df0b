import type { Tensor } from '@tensorflow/tfjs-core'
import type { Network, TensorData, TensorFlow, Tensors } from '@graft/network'
import type { Batch } from '../engine.js'
import { checkedTensor } from '../engine-support/checked-tensor.js'

/**
 * Copies every parameter of the network to the backend. Throws EngineError when one is missing or has another shape
 * than the network says.
 */
export function uploadParameters(tf: TensorFlow, network: Network, tensors: Tensors): Map<string, Tensor> {
  for (const name of Object.keys(network.parameters)) checkedTensor(network, tensors, name)
  return new Map(
    Object.keys(network.parameters).map((name) => [name, upload(tf, checkedTensor(network, tensors, name))]),
  )
}

/** A tensor on the backend that shares no memory with the array it came from. */
export function upload(tf: TensorFlow, { shape, data }: TensorData): Tensor {
  return tf.tensor(data.slice(), [...shape], 'float32')
}

/** Copies a tensor back. */
export async function readBatch(tensor: Tensor): Promise<Batch> {
  const data = await tensor.data<'float32'>()
  return { shape: [...tensor.shape], data: Float32Array.from(data) }
}
