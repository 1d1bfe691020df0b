import { documentSchema } from '@graft/graph-schema'
import type { GraphDocument, SearchCandidate } from '@graft/graph-schema'
import { expect, it } from 'vitest'
import { testGraph } from '../../document/graph/test-graph.js'
import { graphOfTrial } from './open-trial.js'

const candidate: SearchCandidate = {
  ...{ network: 0, name: 'net', removed: 0, last: 'top', recipe: 'head', rate: null, augmentation: 'none' },
}
const searched = testGraph({ images: 'images', backbone: 'backbone', search: 'search', evaluate: 'evaluate' }, [
  'backbone.model > search.models',
  'images.images > search.train',
  'search.model > evaluate.model',
  'images.images > evaluate.images',
])
const point = [{ x: 1, y: 2 }]
const document: GraphDocument = {
  ...searched,
  name: 'x'.repeat(200),
  layout: {
    ...searched.layout,
    groups: {
      both: { title: 'Both', nodes: ['search', 'evaluate'] },
      alone: { title: 'Alone', nodes: ['search'], parent: 'both' },
    },
    cards: { search: { collapsed: true }, evaluate: { color: 'blue' } },
    wires: { 'search.model -> evaluate.model': point, 'images.images -> evaluate.images': point },
  },
}
const settings = { folds: 3, settings: { epochs: 1, seed: 0 } }

it('a trial that is opened as a graph keeps nothing of how the node that searched was drawn', () => {
  const { layout } = graphOfTrial(document, 'search', settings, candidate) ?? {}
  expect(layout?.groups).toEqual({ both: { title: 'Both', nodes: ['evaluate'] } })
  expect(layout?.cards).toEqual({ evaluate: { color: 'blue' } })
  expect(layout?.wires).toEqual({ 'images.images -> evaluate.images': point })
  expect(layout?.positions).not.toHaveProperty('search')
})

it('has a name that can be saved, however long that of its graph is', () =>
  expect(documentSchema.safeParse(graphOfTrial(document, 'search', settings, candidate)).success).toBe(true))
