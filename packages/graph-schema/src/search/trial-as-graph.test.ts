import { expect, it } from 'vitest'
import { emptyDocument } from '../document.js'
import type { GraphDocument } from '../document.js'
import type { SearchCandidate } from '../values/details/search-candidate.js'
import { trialAsGraph } from './trial-as-graph.js'

const wire = (from: string, to: string): GraphDocument['edges'][number] => {
  const end = (text: string) => ({ node: text.split('.')[0] ?? '', port: text.split('.')[1] ?? '' })
  return { from: end(from), to: end(to) }
}
const graph: GraphDocument = {
  ...emptyDocument('Search'),
  nodes: Object.fromEntries(
    ['images', 'split', 'backbone', 'search', 'evaluate', 'report', 'train'].map((type) => [
      type,
      { type, version: 1, params: {} },
    ]),
  ),
  edges: [
    wire('images.images', 'split.images'),
    wire('backbone.model', 'search.models'),
    wire('split.train', 'search.train'),
    wire('search.model', 'evaluate.model'),
    wire('split.test', 'evaluate.images'),
    wire('evaluate.metrics', 'report.metrics'),
    wire('search.metrics', 'report.metrics'),
  ],
}
const candidate: SearchCandidate = {
  ...{ network: 0, name: 'net', removed: 1, last: 'stage4', recipe: 'lastStage', rate: 0.001, augmentation: 'light' },
}

it('a trial takes the place of the search: what was wired to the winner is wired to it, all else stays', () => {
  const trial = trialAsGraph(graph, 'search', candidate, { folds: 5, epochs: 3, seed: 1 })
  expect(trial?.nodes).not.toHaveProperty('search')
  const wires = trial?.edges.map(({ from, to }) => `${from.node}.${from.port} -> ${to.node}.${to.port}`) ?? []
  // The graph has a node "train" of its own, so the trial's two have other names.
  expect(wires).toEqual(
    expect.arrayContaining([
      'backbone.model -> strip-head.model',
      'split.train -> augment.images',
      'augment.images -> train-3.train',
      'train-3.model -> evaluate.model',
      'split.test -> evaluate.images',
      'evaluate.metrics -> report.metrics',
    ]),
  )
  for (const { from, to } of trial?.edges ?? [])
    expect([from.node in (trial?.nodes ?? {}), to.node in (trial?.nodes ?? {})]).toEqual([true, true])
  expect(trial?.nodes['train-3']?.params).toMatchObject({ epochs: 3, learningRate: 0.001 })
  expect(trial?.nodes['train']).toBe(graph.nodes['train'])
})

it('is none where the graph has no such search', () =>
  expect(trialAsGraph(graph, 'other', candidate, { folds: 5, epochs: 3, seed: 1 })).toBeNull())

it('keeps nothing of how the search was drawn, and all of how the rest was', () => {
  const point = [{ x: 1, y: 2 }]
  const drawn: GraphDocument = {
    ...graph,
    layout: {
      ...graph.layout,
      positions: { search: { x: 1, y: 1 } },
      groups: {
        both: { title: 'Both', nodes: ['search', 'evaluate'] },
        alone: { title: 'Alone', nodes: ['search'], parent: 'both' },
      },
      cards: { search: { collapsed: true }, evaluate: { color: 'blue' } },
      wires: { 'search.model -> evaluate.model': point, 'split.test -> evaluate.images': point },
    },
  }
  const { layout } = trialAsGraph(drawn, 'search', candidate, { folds: 5, epochs: 3, seed: 1 }) ?? {}
  expect(layout).toMatchObject({ frames: [], notes: [] })
  expect(layout?.groups).toEqual({ both: { title: 'Both', nodes: ['evaluate'] } })
  expect(layout?.cards).toEqual({ evaluate: { color: 'blue' } })
  expect(layout?.wires).toEqual({ 'split.test -> evaluate.images': point })
  expect(layout?.positions).not.toHaveProperty('search')
})

it('prepares images otherwise by a node of its own, between cut and head', () => {
  const images = { height: 288, width: 288, whole: true, twice: false, work: 1.65 }
  const settings = { folds: 5, epochs: 3, seed: 1 }
  const larger = trialAsGraph(graph, 'search', { ...candidate, images }, settings)
  expect(larger?.nodes['image-input']?.params).toEqual({ height: 288, width: 288, resize: 'stretch' })
  const twice = trialAsGraph(graph, 'search', { ...candidate, images: { ...images, twice: true } }, settings)
  expect(twice?.nodes['image-input']?.params).toEqual({ views: 'middleAndWhole' })
  const wires = larger?.edges.map(({ from, to }) => `${from.node} -> ${to.node}`) ?? []
  expect(wires).toEqual(expect.arrayContaining(['strip-head -> image-input', 'image-input -> add-head']))
  expect(wires).not.toContain('strip-head -> add-head')
})
