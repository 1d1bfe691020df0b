import { describe, expect, it } from 'vitest'
import { datasetsBefore } from './datasets-before.js'

const dataset = (split: string) => ({
  ...{ kind: 'dataset', split, name: 'x', classNames: ['a'], count: 1, countPerClass: [1] },
  ...{ transforms: [], skipped: [], provenance: [], samples: { sha256: 'a'.repeat(64), bytes: 1, mediaType: 'x' } },
})
const edge = (from: string, port: string, to: string, into: string) => ({
  from: { node: from, port },
  to: { node: to, port: into },
})
const node = (outputs: Readonly<Record<string, unknown>>) => ({
  ...{ status: 'done' as const, metrics: {}, curves: [], previews: [] },
  outputs,
})

describe('the data sets behind a model', () => {
  const nodes = {
    split: node({ train: dataset('train'), val: dataset('val'), test: dataset('test') }),
    augment: node({ images: dataset('train') }),
    train: node({ model: { kind: 'model' } }),
  }
  const edges = [
    edge('split', 'train', 'augment', 'images'),
    edge('augment', 'images', 'train', 'train'),
    edge('split', 'val', 'train', 'val'),
    edge('train', 'model', 'later', 'model'),
    edge('split', 'test', 'later', 'images'),
  ]

  it('are those of the nearest node that took training images, whatever its ports are called', () => {
    for (const start of ['train', 'later'])
      expect(Object.keys(datasetsBefore({ edges }, { nodes }, start)).toSorted()).toEqual(['train', 'val'])
  })

  it('are none where nothing was trained, or in a circle', () => {
    expect(datasetsBefore({ edges: [edge('a', 'x', 'b', 'x'), edge('b', 'x', 'a', 'x')] }, { nodes }, 'a')).toEqual({})
    expect(datasetsBefore({ edges }, { nodes: {} }, 'train')).toEqual({})
  })
})
