import { float32Tensor, tensorOf, toOnnxModel } from '@graft/network'
import type { OnnxModelNode, OnnxTensor } from '@graft/network'
import { describe, expect, it } from 'vitest'
import { conformanceCase, layer } from '../conformance/conformance-case.js'
import { webgpuGaps } from './webgpu-gaps.js'

function gapsOf(node: Partial<OnnxModelNode>, initializers: readonly OnnxTensor[] = []): readonly string[] {
  return webgpuGaps({
    irVersion: 8,
    producerName: '',
    producerVersion: '',
    docString: '',
    opsetImports: [{ domain: '', version: 17 }],
    metadata: {},
    graph: {
      name: 'g',
      nodes: [{ name: 'node', operator: 'Add', domain: '', inputs: [], outputs: ['y'], attributes: {}, ...node }],
      initializers,
      inputs: [],
      outputs: [],
    },
  })
}

describe('what the WebGPU provider leaves to the processor', () => {
  it('is a maximum whose position is asked for, not one without', () => {
    expect(gapsOf({ operator: 'MaxPool', outputs: ['y', 'where'] })).toEqual(['node'])
    expect(gapsOf({ operator: 'MaxPool', outputs: ['y'] })).toEqual([])
  })

  it('is a slice that runs backwards, or may, not one that runs forwards', () => {
    const steps = (values: readonly number[]): readonly OnnxTensor[] => [
      tensorOf('steps', 'int64', [values.length], values),
    ]
    const inputs = ['x', 'starts', 'ends', 'axes', 'steps']
    expect(gapsOf({ operator: 'Slice', inputs }, steps([1, -1]))).toEqual(['node'])
    expect(gapsOf({ operator: 'Slice', inputs }, steps([1, 2]))).toEqual([])
    expect(gapsOf({ operator: 'Slice', inputs }, [float32Tensor('other', [1], Float32Array.of(1))])).toEqual(['node'])
    expect(gapsOf({ operator: 'Slice', inputs: inputs.slice(0, 4) })).toEqual([])
  })

  it('is nothing of an ordinary network, and a power', () => {
    const ordinary = conformanceCase('Conv', 'ordinary', [
      layer('Conv', { parameters: { weight: [4, 3, 3, 3] } }),
      layer('MaxPool', { attributes: { kernel_shape: [2, 2] } }),
    ])
    expect(webgpuGaps(toOnnxModel(ordinary.network, ordinary.tensors))).toEqual([])
    expect(gapsOf({ operator: 'Pow' })).toEqual(['node'])
  })
})
