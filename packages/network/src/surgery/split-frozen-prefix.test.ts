import { describe, expect, it } from 'vitest'
import { graftnet } from '../architectures/graftnet.js'
import { inferShapes } from '../infer-shapes.js'
import { addHead } from './add-head.js'
import { freeze } from './freeze.js'
import { splitFrozenPrefix } from './split-frozen-prefix.js'
import { stripHead } from './strip-head.js'

const network = graftnet.build({ classes: 10 })

const withHead = (dropout: number) =>
  addHead(stripHead(network), { classNames: ['ant', 'bee'], pooling: 'average', hidden: [], dropout, seed: 1 })

describe('splitFrozenPrefix', () => {
  it('puts a fully frozen backbone and the pooling after it in the prefix', () => {
    const { prefix, suffix, boundary } = splitFrozenPrefix(freeze(withHead(0), { frozen: true }))
    expect(boundary).toBe('head.flatten')
    expect(prefix?.output).toBe('head.flatten')
    expect(prefix?.head).toBeNull()
    expect(suffix.layers.map((layer) => layer.name)).toEqual(['head.fc'])
    expect(suffix.input).toEqual({ name: 'head.flatten', shape: [256] })
    expect(Object.keys(suffix.parameters)).toEqual(['head.fc.weight', 'head.fc.bias'])
    expect(inferShapes(suffix).get('head.fc')).toEqual([1, 2])
  })

  it('stops before dropout, which draws again in every step', () => {
    const { suffix } = splitFrozenPrefix(freeze(withHead(0.2), { frozen: true }))
    expect(suffix.layers.map((layer) => layer.name)).toEqual(['head.dropout', 'head.fc'])
  })

  it('stops before a normalisation with batch statistics although its parameters are frozen', () => {
    const frozen = freeze(freeze(withHead(0), { frozen: true }), {
      from: 'stage3',
      to: 'stage3',
      frozen: true,
      statistics: 'batch',
    })
    const { boundary, suffix } = splitFrozenPrefix(frozen)
    expect(boundary).toBe('stage3.0.depthwise')
    expect(suffix.layers[0]?.name).toBe('stage3.0.depthwise_bn')
  })

  it('never splits inside a residual block', () => {
    const frozen = freeze(withHead(0), { frozen: true, to: 'stage3.1.depthwise' })
    expect(splitFrozenPrefix(frozen).boundary).toBe('stage3.0.activation')
  })

  it('has no prefix when the first weight trains', () => {
    const { prefix, suffix, boundary } = splitFrozenPrefix(network)
    expect([prefix, boundary]).toEqual([null, null])
    expect(suffix).toBe(network)
  })

  it('leaves the layers after the last cut when everything is frozen', () => {
    const { suffix, boundary } = splitFrozenPrefix(freeze(withHead(0), { frozen: true, pattern: '*' }))
    expect([boundary, suffix.layers.length]).toEqual(['head.flatten', 1])
  })
})
