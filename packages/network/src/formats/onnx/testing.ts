import type { LoadedNetwork } from '../format.js'
import { filesInMemory } from '../model-files.js'
import { encodeOnnxModel } from './encode-model.js'
import { onnxFormat } from './format.js'
import type { OnnxAttribute, OnnxGraph, OnnxModel, OnnxModelNode } from './onnx-model.js'
import type { OnnxTensor } from './onnx-tensor.js'

/** Small ONNX models for tests. */
export function nodeOf(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, OnnxAttribute>> = {},
  name = '',
): OnnxModelNode {
  return { name, operator, domain: '', inputs, outputs, attributes }
}

export const ints = (...value: readonly number[]): OnnxAttribute => ({ kind: 'ints', value })
export const int = (value: number): OnnxAttribute => ({ kind: 'int', value })

/** A model from `input` [N, 2, 4, 4] to `output`, unless the graph says otherwise. */
export function modelOf(
  nodes: readonly OnnxModelNode[],
  initializers: readonly OnnxTensor[] = [],
  graph: Partial<OnnxGraph> = {},
  version = 17,
): OnnxModel {
  return {
    irVersion: 8,
    producerName: 'test',
    producerVersion: '1',
    docString: '',
    opsetImports: [{ domain: '', version }],
    metadata: {},
    graph: {
      name: 'graph',
      nodes,
      initializers,
      inputs: [{ name: 'input', type: 'float32', shape: ['N', 2, 4, 4] }],
      outputs: [{ name: 'output', type: 'float32', shape: null }],
      ...graph,
    },
  }
}

/** Reads an ONNX file of these as `readNetwork` would, without looking for its format. */
export function readOnnx(entries: Readonly<Record<string, Uint8Array>>): Promise<LoadedNetwork> {
  const name = Object.keys(entries).find((entry) => entry.endsWith('.onnx')) ?? ''
  return onnxFormat.read(filesInMemory(entries), name)
}

export const encoded = (model: OnnxModel): Uint8Array => encodeOnnxModel(model)
