import type { BlobReference } from '@graft/graph-schema'
import { loadTensors, writeSafetensors, type LoadedNetwork, type Network, type Parameter, type Tensors } from '@graft/network'
import type { BlobStore } from './define-node.js'
import type { ModelValue } from './values.js'

/** Stores a network's weights as one safetensors blob and returns the plan that refers to it. */
export async function storeModel({ network, tensors }: LoadedNetwork, store: BlobStore): Promise<ModelValue> {
  const blob = await storeWeights(network, tensors, store)
  return { kind: 'model', network: { ...network, parameters: pointAt(network, blob.sha256) } }
}

async function storeWeights(network: Network, tensors: Tensors, store: BlobStore): Promise<BlobReference> {
  return store.put(writeSafetensors(tensors, { name: network.name }), 'application/x-safetensors', `${network.name}.safetensors`)
}

function pointAt(network: Network, blob: string): Record<string, Parameter> {
  return Object.fromEntries(Object.entries(network.parameters).map(([key, parameter]) => [key, { ...parameter, source: { kind: 'blob', blob, tensor: key } } satisfies Parameter]))
}

/** Values of every parameter of a plan: read from the store, or drawn from its seeded initialiser. */
export function loadModelTensors(model: ModelValue, store: BlobStore): Promise<Tensors> {
  return loadTensors(model.network, (sha256) => store.get(sha256))
}
