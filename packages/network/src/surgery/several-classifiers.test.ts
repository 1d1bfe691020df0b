import { describe, expect, it } from 'vitest'
import { NetworkBuilder } from '../builder/network-builder.js'
import { inferShapes } from '../infer-shapes.js'
import type { Network } from '../network.js'
import { detectStages } from '../stages/detect-stages.js'
import { addHead } from './add-head.js'
import { stripHead } from './strip-head.js'

const [classes, narrow, wide] = [10, 4, 6]
const heNormal = { name: 'heNormal' } as const

/** Two branches from the image to the end, each with a classifier whose scores are averaged, as CrossViT has them. */
function branches({ between = false } = {}): Network {
  const builder = new NetworkBuilder({ input: { name: 'input', shape: [3, 8, 8] } })
  const branch = (index: number, channels: number): string => {
    const kernel = { weight: { shape: [channels, 3, 3, 3], initializer: heNormal } }
    builder.add({ name: `blocks.${index}.conv`, operator: 'Conv', inputs: ['input'], parameters: kernel })
    builder.add({ name: `blocks.${index}.act`, operator: 'Relu' })
    builder.add({ name: `pool.${index}`, operator: 'GlobalAveragePool' })
    return builder.add({ name: `flat.${index}`, operator: 'Flatten' })
  }
  const classifier = (index: number, input: string, width: number): string => {
    const parameters = { weight: { shape: [classes, width], initializer: heNormal } }
    return builder.add({
      name: `head.${index}`,
      operator: 'Gemm',
      inputs: [input],
      attributes: { transB: 1 },
      parameters,
    })
  }
  const first = branch(0, narrow)
  const early = between ? classifier(0, first, narrow) : null
  const second = branch(1, wide)
  const scores = [early ?? classifier(0, first, narrow), classifier(1, second, wide)]
  builder.add({ name: 'sum', operator: 'Add', inputs: scores })
  const preprocessing = {
    height: 8,
    width: 8,
    resize: 'stretch',
    cropFraction: 1,
    interpolation: 'bilinear',
    channelOrder: 'rgb',
    mean: [0, 0, 0],
    deviation: [1, 1, 1],
  } as const
  const network = builder.build({ name: 'two', preprocessing, provenance: { source: '', licence: null, history: [] } })
  return { ...network, stages: detectStages(network) }
}

describe('classifiers side by side (model files 8)', () => {
  it('are the head together, behind stages of the branches', () => {
    const { stages } = branches()
    expect(stages.at(-1)).toEqual({ name: 'head', layers: ['head.0', 'head.1', 'sum'] })
  })

  it('leave the vectors that they read side by side, which a new head reads', () => {
    const stripped = stripHead(branches())
    expect(inferShapes(stripped).get(stripped.output)).toEqual([1, narrow + wide])
    const options = { classNames: ['ant', 'bee'], pooling: 'average', hidden: [], dropout: 0, seed: 1 } as const
    const network = addHead(stripped, options)
    expect(network.parameters['head.fc.weight']?.shape).toEqual([2, narrow + wide])
  })

  it('are no head where more is learned behind the first of them', () => {
    expect(branches({ between: true }).stages.at(-1)?.layers).not.toContain('blocks.1.conv')
  })
})
