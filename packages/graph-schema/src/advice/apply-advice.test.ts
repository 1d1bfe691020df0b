import { refusalOf } from '@graft/errors/testing'
import { describe, expect, it } from 'vitest'
import { emptyDocument } from '../document.js'
import type { GraphDocument } from '../document.js'
import { parseDocument } from '../parse-document.js'
import { adviceValueSchema, type AdviceValue } from '../values/advice/index.js'
import { exampleAdvice } from './testing/example-advice.js'
import { adviceNote, applyAdvice } from './apply-advice.js'

const wires = ({ edges }: GraphDocument): string[] =>
  edges.map(({ from, to }) => `${from.node}.${from.port} -> ${to.node}.${to.port}`)

const asked: GraphDocument = {
  ...emptyDocument('Mine'),
  nodes: {
    photos: { type: 'image-folder', version: 1, params: { path: 'flowers' } },
    split: { type: 'split', version: 1, params: { seed: 7 } },
    big: { type: 'load-backbone', version: 1, params: { source: 'tfjs:mobilenet_v1_0.75_224' } },
    tiny: { type: 'load-backbone', version: 1, params: { source: 'embedded:graftnet-64' } },
    advisor: { type: 'scenario-advisor', version: 1, params: {} },
  },
  edges: [
    { from: { node: 'photos', port: 'images' }, to: { node: 'advisor', port: 'images' } },
    { from: { node: 'big', port: 'model' }, to: { node: 'advisor', port: 'models' } },
    { from: { node: 'tiny', port: 'model' }, to: { node: 'advisor', port: 'models' } },
  ],
  layout: { positions: { photos: { x: 10, y: 50 } }, frames: [], notes: [{ x: 0, y: 0, text: 'Mine.' }] },
}

it('the example is advice', () => expect(adviceValueSchema.parse(exampleAdvice)).toEqual(exampleAdvice))

describe('applyAdvice', () => {
  it('makes a whole graph of its own, every node of which says where it comes from', () => {
    const graph = applyAdvice(exampleAdvice, null)
    expect(parseDocument(graph).problems).toEqual([])
    expect(Object.values(graph.nodes).every(({ note }) => note?.startsWith(adviceNote))).toBe(true)
    expect(graph.nodes['images']?.params).toEqual({ path: '/photos/flowers' })
    expect(graph.nodes['backbone']?.params).toEqual({ source: 'tfjs:mobilenet_v1_0.75_224' })
    expect(graph.nodes['head']?.params).toEqual({ features: 'all' })
    expect(graph.nodes['train']?.params).toMatchObject({ method: 'solver' })
    expect(wires(graph)).toContain('images.images -> split.images')
    expect(Object.keys(graph.layout.positions).toSorted()).toEqual(Object.keys(graph.nodes).toSorted())
    expect(graph.layout.notes[0]?.text).toContain(exampleAdvice.recommendation.words)
  })

  it('writes a recommended least squares into Train, on a head of all stages', () => {
    const [first, ...rest] = exampleAdvice.candidates
    const candidates = [{ ...first!, recipe: 'leastSquares' as const }, ...rest]
    const graph = applyAdvice({ ...exampleAdvice, candidates }, null)
    expect(parseDocument(graph).problems).toEqual([])
    expect(graph.nodes['train']?.params).toMatchObject({ method: 'leastSquares' })
    expect(graph.nodes['head']?.params).toEqual({ features: 'all' })
  })

  it('starts from what the advisor is wired to, and leaves all else alone', () => {
    const graph = applyAdvice(exampleAdvice, asked)
    expect(graph.nodes).toMatchObject(asked.nodes)
    expect(wires(graph)).toEqual(expect.arrayContaining(wires(asked)))
    expect(wires(graph)).toContain('photos.images -> advised-split.images')
    expect(wires(graph)).toContain('big.model -> strip.model')
    expect(graph.nodes).not.toHaveProperty('images')
    expect(graph.layout.notes[0]?.text).toBe('Mine.')
  })

  it('divides pictures no second time where the advisor was given a part of them', () => {
    const parted: GraphDocument = {
      ...asked,
      edges: [
        { from: { node: 'photos', port: 'images' }, to: { node: 'split', port: 'images' } },
        { from: { node: 'split', port: 'train' }, to: { node: 'advisor', port: 'images' } },
        ...asked.edges.slice(1),
      ],
    }
    const graph = applyAdvice(exampleAdvice, parted)
    expect(Object.values(graph.nodes).filter(({ type }) => type === 'split')).toHaveLength(1)
    expect(wires(graph)).toEqual(
      expect.arrayContaining(['photos.images -> split.images', 'split.train -> train.train']),
    )
  })

  it('replaces what it put there before, and keeps wires from there to nodes of the person', () => {
    const once = applyAdvice(exampleAdvice, asked)
    expect(applyAdvice(exampleAdvice, once)).toEqual(once)
    const mine = {
      ...once,
      nodes: { ...once.nodes, predict: { type: 'predict', version: 1, params: {} } },
      edges: [...once.edges, { from: { node: 'train', port: 'model' }, to: { node: 'predict', port: 'model' } }],
    }
    const candidate = exampleAdvice.candidates[4]?.id ?? ''
    const again = applyAdvice(exampleAdvice, mine, { candidate })
    expect(again.nodes).toHaveProperty('finetune')
    expect(wires(again)).toContain('train.model -> predict.model')
    expect(applyAdvice(exampleAdvice, again).nodes).not.toHaveProperty('finetune')
  })

  it.each(exampleAdvice.candidates.map(({ id }) => id))('%s: gives every wire two ends that are there', (candidate) => {
    const graph = applyAdvice(exampleAdvice, asked, { candidate })
    for (const { from, to } of graph.edges)
      expect([from.node in graph.nodes, to.node in graph.nodes], `${from.node} -> ${to.node}`).toEqual([true, true])
    expect(new Set(wires(graph)).size).toBe(graph.edges.length)
  })

  it('refuses, with what to do first, when nothing is recommended', () => {
    const nothing: AdviceValue = {
      ...exampleAdvice,
      recommendation: { ...exampleAdvice.recommendation, candidate: null, words: 'Add a second class.' },
    }
    expect(refusalOf(() => applyAdvice(nothing, null))).toContain('Add a second class.')
    expect(refusalOf(() => applyAdvice(exampleAdvice, null, { candidate: 'other' }))).toContain('"other"')
  })
})
