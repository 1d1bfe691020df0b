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

  it('reads the stages that are chosen, and counts them from the last one', async () => {
    const names = stripped.stages.map(({ name }) => name)
    const chosen = [names[0] ?? '', names.at(-1) ?? '']
    const network = addHead(stripped, { ...options, features: chosen })
    expect(network.layers.find(({ name }) => name === 'head.join')?.inputs).toHaveLength(2)
    const tensors = await loadTensors(network, () => Promise.reject(new Error('There are no blobs.')))
    expect(tensors.get('head.standardise.scale')?.data[0]).toBeCloseTo(0.6, 6)
    expect(network.provenance.history.at(-1)).toContain(`features of ${chosen.join(', ')}`)
  })

  it.each([
    ['a stage that is not there', ['nowhere'], /can't read the stage "nowhere"/],
    ['none', [], /reads the last one.* but none is chosen/],
    ['the last one alone', 'last', /one more at least/],
    ['all but the last', 'first', /reads the last one/],
  ] as const)('refuses %s', (_, which, message) => {
    const names = stripped.stages.map(({ name }) => name)
    const features = which === 'last' ? names.slice(-1) : which === 'first' ? names.slice(0, -1) : which
    expect(() => addHead(stripped, { ...options, features })).toThrow(message)
  })

  it.each([
    ['without pooling', { pooling: 'none' }, /too large/],
    ['with a weight of 0', { stageWeight: 0 }, /stage weight/],
  ] as const)('is refused %s', (_, changes, message) => {
    expect(() => addHead(stripped, { ...options, ...changes })).toThrow(message)
  })
})
