import { storableTensors } from '../../values/tensors.js'
import type { WeightsFormat } from '../format.js'
import { describeNetwork } from '../graft-metadata.js'
import { pytorchSafetensors } from './pytorch-writer.js'
import { openShards, shardNames, shardOf } from './shards.js'
import { writeSafetensors } from './write.js'

/**
 * Weights only, by parameter name, in ONNX layout. What Graft writes carries the network along as metadata, so that it
 * comes back whole.
 */
export const safetensorsFormat: WeightsFormat = {
  id: 'safetensors',
  title: 'safetensors weights',
  kind: 'weights',
  extensions: ['.safetensors'],
  nameTells: true,
  recognises: beginsLikeSafetensors,
  continues: (name) => (shardOf(name)?.number ?? 1) > 1,
  parts: async (_, name) => shardNames(name),
  open: openShards,
  writers: [
    {
      id: 'safetensors',
      title: 'safetensors weights',
      comesBack: true,
      runtime: null,
      takes: 'values',
      tolerance: 1e-3,
      extension: '.safetensors',
      description: 'The bare weights, for other programs; Graft itself gets the whole network back from it.',
      needsClassifier: false,
      write: async (network, tensors, { metadata = {} } = {}) =>
        writeSafetensors(storableTensors(network, tensors), {
          name: network.name,
          preprocessing: JSON.stringify(network.preprocessing),
          provenance: JSON.stringify(network.provenance),
          ...(network.head && { class_names: JSON.stringify(network.head.names) }),
          ...describeNetwork(network),
          ...metadata,
        }),
    },
    pytorchSafetensors,
  ],
}

/** The length of a JSON object (8 bytes, of which a header of up to 100 MB needs four), and its beginning. */
function beginsLikeSafetensors(head: Uint8Array): boolean {
  return head[8] === 0x7b && head.subarray(4, 8).every((byte) => byte === 0)
}
