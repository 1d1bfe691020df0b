import {
  candidatesOf,
  check,
  parseDocument,
  searchAugmentations,
  searchImages,
  searchRecipes,
  testReaders,
  trialOf,
} from '@graft/graph-schema'
import type { GraphDocument } from '@graft/graph-schema'
import { describe, expect, it } from 'vitest'
import { manifestOf } from '../sdk/manifest.js'
import { readTemplate, templates } from './index.js'
import { library } from '../library/index.js'

const manifests = library.map(manifestOf)
const space = {
  recipes: searchRecipes,
  cuts: [0, 2],
  images: searchImages,
  rates: [1e-3],
  augmentations: searchAugmentations,
}
const networks = [
  {
    ...{ name: 'one', lastStages: { 0: 'stage5', 2: 'stage3' } },
    images: {
      twice: { height: 64, width: 64, whole: false, twice: true, work: 2 },
      largerWhole: { height: 96, width: 96, whole: true, twice: false, work: 2.25 },
    },
  },
  { name: 'two', lastStages: { 0: 'layer4' }, images: {} },
]
const settings = { folds: 5, epochs: 3, seed: 1 }
const wire = (from: string, port: string, to: string, input: string) => ({
  from: { node: from, port },
  to: { node: to, port: input },
})

/** A template in which Search stands beside what there is: on its images, with two networks, before its evaluation. */
function withSearch(id: string): GraphDocument {
  const document = parseDocument(readTemplate(id)).document as GraphDocument
  const nodes = {
    ...document.nodes,
    other: { type: 'load-backbone', version: 1, params: {} },
    search: { type: 'search', version: 1, params: {} },
  }
  return {
    ...document,
    nodes,
    edges: [
      ...document.edges,
      wire('backbone', 'model', 'search', 'models'),
      wire('other', 'model', 'search', 'models'),
      wire('split', 'train', 'search', 'train'),
      wire('split', 'val', 'search', 'validation'),
    ],
  }
}

describe('the graphs of trials', () => {
  const candidates = candidatesOf(space, networks)

  it('are every candidate that there is, the cheap ones first', () => {
    // Two bodies of the first network and one of the second: seven solved heads each, three recipes in three augmentations.
    // And on the first, whole, two other ways to prepare images.
    expect(candidates).toHaveLength(3 * (7 + 3 * 3) + 2)
    expect(candidates[0]).toMatchObject({ network: 0, removed: 0, recipe: 'leastSquares' })
    expect(candidates.slice(0, 23).every(({ rate }) => rate === null)).toBe(true)
    expect(new Set(candidates.map((candidate) => JSON.stringify(candidate))).size).toBe(candidates.length)
  })

  it.each(templates.map(({ id }) => id))('never hold a test image, and check without errors: %s', (id) => {
    const document = withSearch(id)
    expect(testReaders(document, manifests)).toContain('evaluate')
    for (const candidate of candidates)
      for (const fold of [null, 1, 5]) {
        const trial = trialOf(document, 'search', candidate, settings, fold)
        if (trial === null) throw new Error('not connected')
        expect(testReaders(trial.document, manifests)).toEqual([])
        // What is measured on is the fold that training did not get, and nothing else reads it.
        const readers = trial.document.edges.filter(({ from }) => from.port === 'held').map(({ to }) => to.node)
        expect(readers).toEqual(fold === null ? [] : [trial.metrics?.node])
        const errors = check(trial.document, manifests).filter(({ severity }) => severity === 'error')
        expect(errors.filter(({ field }) => field !== 'path')).toEqual([])
      }
  })

  it('are the same for all folds but for the fold, and end without one on all training images', () => {
    const [candidate] = candidates
    if (candidate === undefined) throw new Error('none')
    const document = withSearch('small-similar')
    const first = trialOf(document, 'search', candidate, settings, 1)
    const second = trialOf(document, 'search', candidate, settings, 2)
    expect(JSON.stringify(second).replace('"fold":2', '"fold":1')).toBe(JSON.stringify(first))
    const last = trialOf(document, 'search', candidate, settings, null)
    expect(last?.own.map((node) => last.document.nodes[node]?.type)).toEqual([
      'strip-head',
      'add-head',
      'freeze-range',
      'train',
    ])
    const trained = last?.document.edges.find(({ to }) => to.node === last.model.node && to.port === 'train')
    expect(trained?.from).toEqual({ node: 'split', port: 'train' })
  })

  it('are none where network or images are not connected', () => {
    const [candidate] = candidates
    const document = parseDocument(readTemplate('small-similar')).document as GraphDocument
    expect(candidate && trialOf(document, 'search', candidate, settings, 1)).toBeNull()
  })
})
