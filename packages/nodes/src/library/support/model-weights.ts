import type { BlobReference } from '@graft/graph-schema'
import {
  loadTensors,
  readTensorsFrom,
  writeSafetensors,
  type LoadedNetwork,
  type Network,
  type Parameter,
  type TensorData,
  type Tensors,
} from '@graft/network'
import { notHereYet } from '../../downloads/index.js'
import type { BlobStore } from '../../sdk/node-context.js'
import type { ModelValue } from '../../sdk/values.js'

/** Stores a network's weights as one safetensors blob and returns the plan that refers to it. */
export async function storeModel({ network, tensors }: LoadedNetwork, store: BlobStore): Promise<ModelValue> {
  const blob = await storeWeights(network, tensors, store)
  return { kind: 'model', network: { ...network, parameters: pointAt(network, blob.sha256) } }
}

/**
 * The same for a network that was trained, of which `before` are the values it had: what is bit for bit the same stays
 * where it is stored, so that training a head stores a head.
 */
export async function storeTrained(
  { network, tensors }: LoadedNetwork,
  before: Tensors,
  store: BlobStore,
): Promise<ModelValue> {
  const kept = Object.entries(network.parameters).filter(
    ([name, { source }]) => source.kind === 'blob' && sameBits(before.get(name), tensors.get(name)),
  )
  const same = new Set(kept.map(([name]) => name))
  const changed = new Map([...tensors].filter(([name]) => !same.has(name)))
  if (changed.size === 0) return { kind: 'model', network }
  const blob = await storeWeights(network, changed, store)
  return {
    kind: 'model',
    network: { ...network, parameters: { ...pointAt(network, blob.sha256), ...Object.fromEntries(kept) } },
  }
}

function sameBits(before: TensorData | undefined, after: TensorData | undefined): boolean {
  return before !== undefined && after !== undefined && Buffer.compare(bytesOf(before.data), bytesOf(after.data)) === 0
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength)

async function storeWeights(network: Network, tensors: Tensors, store: BlobStore): Promise<BlobReference> {
  return store.put(
    writeSafetensors(tensors, { name: network.name }),
    'application/x-safetensors',
    `${network.name}.safetensors`,
  )
}

function pointAt(network: Network, blob: string): Record<string, Parameter> {
  return Object.fromEntries(
    Object.entries(network.parameters).map(([key, parameter]) => [
      key,
      { ...parameter, source: { kind: 'blob', blob, tensor: key } } satisfies Parameter,
    ]),
  )
}

/**
 * Values of every parameter of a plan: read from the store, or drawn from its seeded initialiser.
 * @throws NodeError for an outline, which has none
 */
export async function loadModelTensors(model: ModelValue, store: BlobStore): Promise<Tensors> {
  if (model.network.isOutline === true) throw notHereYet(model.network.provenance.source)
  return loadTensors(
    model.network,
    readTensorsFrom((sha256) => store.get(sha256)),
  )
}
