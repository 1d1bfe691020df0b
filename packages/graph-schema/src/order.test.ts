import { describe, expect, it } from 'vitest'
import { goodDocument, testDocument, testManifests } from './check/test-manifests.js'
import { effectiveGraph } from './effective-graph.js'
import { ancestors, descendants, topologicalOrder } from './order.js'
import { nearest } from './did-you-mean.js'

const graph = (ids: string, ...edges: string[]) =>
  testDocument(
    Object.fromEntries([...ids].map((id) => [id, ['t'] as const])),
    edges.map((edge) => `${edge[0] ?? ''}.o -> ${edge[1] ?? ''}.i`),
  )

describe('topologicalOrder', () => {
  it('puts each node after what it needs and keeps the document order otherwise', () => {
    expect(topologicalOrder(graph('dcba', 'ab', 'bd', 'ac'))).toEqual({ order: ['a', 'b', 'c', 'd'], cycle: null })
  })

  it('finds a cycle behind other nodes and leaves what depends on it out', () => {
    const { order, cycle } = topologicalOrder(graph('abcde', 'ab', 'bc', 'cd', 'db', 'de'))
    expect(order).toEqual(['a'])
    expect(cycle).toHaveLength(4)
    expect(cycle?.[0]).toBe(cycle?.[3])
    expect('bcdbcd').toContain(cycle?.slice(0, 3).join(''))
  })

  it('finds a node that feeds itself, and ignores edges to nowhere', () => {
    expect(topologicalOrder(graph('a', 'aa')).cycle).toEqual(['a', 'a'])
    expect(topologicalOrder(graph('a', 'xa', 'ay'))).toEqual({ order: ['a'], cycle: null })
  })

  it('handles a chain of 5000 nodes', () => {
    const ids = Array.from({ length: 5000 }, (_, index) => `n${index}`)
    const nodes = Object.fromEntries(ids.map((id) => [id, { type: 't', version: 1, params: {} }]))
    const edges = ids
      .slice(1)
      .map((id, index) => ({ from: { node: `n${index}`, port: 'o' }, to: { node: id, port: 'i' } }))
    expect(topologicalOrder({ nodes, edges }).order).toEqual(ids)
  })
})

describe('ancestors and descendants', () => {
  it('reach through the graph and include the start', () => {
    const diamond = graph('abcde', 'ab', 'ac', 'bd', 'cd', 'de')
    expect([...ancestors(diamond, ['d'])].sort()).toEqual(['a', 'b', 'c', 'd'])
    expect([...descendants(diamond, ['b'])].sort()).toEqual(['b', 'd', 'e'])
    expect([...ancestors(diamond, ['nope'])]).toEqual([])
  })
})

describe('effectiveGraph', () => {
  it('leads edges through bypassed nodes', () => {
    const document = goodDocument(
      { a: ['augment', {}, { bypassed: true }], b: ['augment', {}, { bypassed: true }], c: ['augment'] },
      ['split.test -> a.data', 'a.data -> b.data', 'b.data -> c.data'],
    )
    const { document: effective, lost } = effectiveGraph(document, testManifests)
    expect(lost).toEqual([])
    expect(Object.keys(effective.nodes)).not.toContain('a')
    expect(effective.edges).toContainEqual({ from: { node: 'split', port: 'test' }, to: { node: 'c', port: 'data' } })
  })

  it('takes muted nodes and what needs them out, but not what can do without', () => {
    const { skipped, document } = effectiveGraph(goodDocument({ head: ['head', {}, { muted: true }] }), testManifests)
    expect([...skipped].sort()).toEqual(['head', 'train'])
    expect(Object.keys(document.nodes).sort()).toEqual(['backbone', 'data', 'report', 'split'])
  })

  it('ends when bypassed nodes form a circle', () => {
    const document = testDocument(
      { a: ['augment', {}, { bypassed: true }], b: ['augment', {}, { bypassed: true }], c: ['augment'] },
      ['a.data -> b.data', 'b.data -> a.data', 'b.data -> c.data'],
    )
    expect(effectiveGraph(document, testManifests).lost).toHaveLength(1)
  })
})

describe('nearest', () => {
  it('finds slips of the keyboard and leaves other words alone', () => {
    expect(nearest('trian', ['split', 'train'])).toBe('train')
    expect(nearest('LEARNINGRATE', ['learningRate'])).toBe('learningRate')
    expect(nearest('zebra', ['train', 'split'])).toBeNull()
    expect(nearest('x', ['a', 'b'])).toBeNull()
  })
})
