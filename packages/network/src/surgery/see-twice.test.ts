import { refusalOf } from '@graft/errors/testing'
import { describe, expect, it } from 'vitest'
import { graftnet } from '../architectures/graftnet.js'
import { inferShapes } from '../infer-shapes.js'
import { addHead } from './add-head.js'
import { seeTwice } from './see-twice.js'
import { stripHead } from './strip-head.js'

const built = graftnet.build({ classes: 4 })
const network = stripHead(built)
const twice = seeTwice(network)

describe('seeTwice', () => {
  it('joins both views at the end of every stage, without a new weight', () => {
    expect(twice.parameters).toEqual(network.parameters)
    expect(twice.input.shape).toEqual([3, 73, 73])
    expect(twice.preprocessing).toMatchObject({ height: 73, width: 73, resize: 'stretch' })
    const [before, after] = [inferShapes(network), inferShapes(twice)]
    for (const stage of network.stages) {
      const end = stage.layers.at(-1) ?? ''
      const [batch, channels = 0, ...map] = before.get(end) ?? []
      expect(after.get(`${end}.both`)).toEqual([batch, 2 * channels, ...map])
    }
    expect(twice.stages.map(({ name }) => name)).toEqual(network.stages.map(({ name }) => name))
    expect(twice.provenance.history.at(-1)).toBe('sees the middle and the whole of an image')
  })

  it('lets a head on all stages read twice as much', () => {
    const plan = {
      classNames: ['a', 'b'],
      pooling: 'average',
      hidden: [],
      dropout: 0,
      seed: 1,
      features: 'all',
    } as const
    const widthOf = (from: typeof network): number | undefined => inferShapes(addHead(from, plan)).get('head.join')?.[1]
    expect(widthOf(twice)).toBe(2 * (widthOf(network) ?? 0))
  })

  it('refuses a network with a head, and one that sees twice already', () => {
    expect(refusalOf(() => seeTwice(built))).toContain('Strip Head')
    expect(refusalOf(() => seeTwice(twice))).toContain('sees images twice already')
  })
})
