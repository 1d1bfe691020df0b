import type { ModelFiles } from '../../weight-format.js'
import { encodeOnnxModel } from './encode-model.js'
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

export function filesOf(entries: Readonly<Record<string, Uint8Array>>): ModelFiles {
  return {
    label: 'memory',
    names: Object.keys(entries),
    read: (name) => {
      const bytes = entries[name]
      return bytes === undefined ? Promise.reject(new Error(`no file ${name}`)) : Promise.resolve(bytes)
    },
  }
}

export const encoded = (model: OnnxModel): Uint8Array => encodeOnnxModel(model)
