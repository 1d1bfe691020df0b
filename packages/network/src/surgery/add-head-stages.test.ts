import { describe, expect, it } from 'vitest'
import { type Architecture, architectures } from '../architectures/index.js'
import { inferShapes } from '../infer-shapes.js'
import { loadTensors } from '../values/tensors.js'
import { addHead, type HeadOptions } from './add-head.js'
import { cutAfter } from './cut-after.js'
import { stripHead } from './strip-head.js'

const stripped = stripHead((architectures[0] as Architecture).build({ classes: 4, inputSize: 32, seed: 1 }))
const options: HeadOptions = {
  classNames: ['ant', 'bee'],
  pooling: 'average',
  hidden: [],
  dropout: 0,
  seed: 1,
  features: 'all',
}

describe('a head on all stages', () => {
  it('joins every stage, each counting 0.6 of the next, and the last one whole', async () => {
    const network = addHead(stripped, options)
    const join = network.layers.find(({ name }) => name === 'head.join')
    const shapes = inferShapes(network)
    const widths = join?.inputs.map((input) => shapes.get(input)?.[1] ?? 0) ?? []
    expect(widths.length).toBeGreaterThan(2)
    expect(shapes.get('head.join')).toEqual([
      shapes.get('head.join')?.[0],
      widths.reduce((sum, width) => sum + width, 0),
    ])
    const tensors = await loadTensors(network, () => Promise.reject(new Error('There are no blobs.')))
    const scale = tensors.get('head.standardise.scale')?.data
    expect(scale?.[0]).toBeCloseTo(0.6 ** (widths.length - 1), 6)
    expect(scale?.at(-1)).toBe(1)
    expect(network.parameters['head.standardise.scale']?.trainable).toBe(false)
  })

  it('composes with a cut: what is cut is not read', () => {
    const [first = '', second = ''] = stripped.stages.map(({ name }) => name)
    const network = addHead(cutAfter(stripped, second), options)
    expect(network.layers.find(({ name }) => name === 'head.join')?.inputs).toHaveLength(2)
    expect(() => addHead(cutAfter(stripped, first), options)).toThrow(/no second stage/)
  })

  it.each([
    ['without pooling', { pooling: 'none' }, /too large/],
    ['with a weight of 0', { stageWeight: 0 }, /stage weight/],
  ] as const)('is refused %s', (_, changes, message) => {
    expect(() => addHead(stripped, { ...options, ...changes })).toThrow(message)
  })
})
