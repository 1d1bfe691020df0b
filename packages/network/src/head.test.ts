import { describe, expect, it } from 'vitest'
import { graftnet } from './architectures/graftnet.js'
import { decodeOnnxModel } from './formats/onnx/decode-model.js'
import { encodeOnnxModel } from './formats/onnx/encode-model.js'
import { encodeOnnxClassifier } from './formats/onnx/encode-classifier.js'
import { networkOfOnnx } from './formats/onnx/network-of-onnx.js'
import { filesInMemory, readNetwork, safetensorsFormat } from './formats/index.js'
import { upgradeNetwork } from './head.js'
import type { Head, Network } from './network.js'
import { loadTensors } from './values/tensors.js'

const several: Head = { task: 'multi-label', names: ['ant', 'bee', 'rose'], thresholds: [0.5, 0.25, 0.7] }
const network: Network = { ...graftnet.build({ classes: 3, inputSize: 32 }), head: several }
const tensors = await loadTensors(network, async () => {
  throw new Error('There are no blobs here')
})

const readBack = (bytes: Uint8Array): Network => networkOfOnnx(decodeOnnxModel(bytes), 'file', 'model.onnx').network

/** The file as Graft 0.1 wrote it: a network with `classNames`, and no task. */
function asEarlier(bytes: Uint8Array): Uint8Array {
  const model = decodeOnnxModel(bytes)
  const { head, ...rest } = JSON.parse(model.metadata['graft.network'] ?? '') as Network
  const { 'graft.task': _, 'graft.thresholds': __, ...metadata } = model.metadata
  return encodeOnnxModel({
    ...model,
    metadata: { ...metadata, 'graft.network': JSON.stringify({ ...rest, classNames: head?.names }) },
  })
}

describe('the head of a network', () => {
  const activation = { operator: 'Sigmoid', attributes: {} }

  it('comes back from an ONNX file with task and thresholds, which its metadata tell too', () => {
    const bytes = encodeOnnxClassifier(network, tensors, { activation })
    expect(readBack(bytes).head).toEqual(several)
    const { metadata, graph } = decodeOnnxModel(bytes)
    expect(metadata['graft.task']).toBe('multi-label')
    expect(JSON.parse(metadata['graft.thresholds'] ?? '')).toEqual([0.5, 0.25, 0.7])
    expect(graph.nodes.at(-1)?.operator).toBe('Sigmoid')
  })

  it('is that of a classifier in a file of Graft 0.1, which is still restored exactly', () => {
    const read = readBack(asEarlier(encodeOnnxClassifier(network, tensors)))
    expect(read.head).toEqual({ task: 'single-label', names: several.names })
    expect(read.stages).toEqual(network.stages)
  })

  it('is made of class names in documents of Graft 0.1, and left alone in newer ones', () => {
    const { head: _, ...rest } = network
    expect(upgradeNetwork({ ...rest, classNames: ['a', 'b', 'c'] })).toEqual({
      ...rest,
      head: { task: 'single-label', names: ['a', 'b', 'c'] },
    })
    expect(upgradeNetwork({ ...rest, classNames: null })).toEqual({ ...rest, head: null })
    expect(upgradeNetwork(network)).toBe(network)
    expect(upgradeNetwork(null)).toBeNull()
  })

  it('goes along with bare weights', async () => {
    const bytes = await safetensorsFormat.writers?.[0]?.write(network, tensors)
    const read = await readNetwork(filesInMemory({ 'model.safetensors': bytes ?? new Uint8Array() }))
    expect(read.network.head).toEqual(several)
  })
})
