import { describe, expect, it } from 'vitest'
import { testGraph, testManifests, wiresOf } from '../../document/graph/test-graph.js'
import { insertBefore } from './verdict-changes.js'

describe('a node that a result asks for', () => {
  const graph = testGraph({ split: 'split', first: 'train', second: 'train' }, [
    'split.train > first.train',
    'split.train > second.train',
  ])

  it('is put once in front of all trainings that get the same images', () => {
    const changed = insertBefore(graph, testManifests, 'augment', 'train')?.apply(graph)
    expect(changed && wiresOf(changed)).toEqual([
      'split.train > augment.images',
      'augment.images > first.train',
      'augment.images > second.train',
    ])
  })

  it('is not put twice, nor where nothing leads', () => {
    const changed = insertBefore(graph, testManifests, 'augment', 'train')?.apply(graph) ?? graph
    expect(insertBefore(changed, testManifests, 'augment', 'train')).toBeNull()
    expect(insertBefore(graph, testManifests, 'augment', 'nowhere')).toBeNull()
    expect(insertBefore(graph, testManifests, 'unknown', 'train')).toBeNull()
  })
})
