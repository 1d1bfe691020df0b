import { documentSchema } from '@graft/graph-schema'
import type { SearchCandidate } from '@graft/graph-schema'
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
const settings = { folds: 3, settings: { epochs: 1, seed: 0 } }

it('a trial that is opened as a graph has a name that can be saved, however long that of its graph is', () =>
  expect(
    documentSchema.safeParse(graphOfTrial({ ...searched, name: 'x'.repeat(200) }, 'search', settings, candidate))
      .success,
  ).toBe(true))
