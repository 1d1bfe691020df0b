import { emptyDocument } from '@graft/graph-schema'
import type { GraphDocument } from '@graft/graph-schema'
import { describe, expect, it } from 'vitest'
import { diffGraphs } from './graph-diff.js'
import { explainStructure } from './structure-words.js'

/** `a.x>b.y` wires; nodes are named by their ids. */
function graph(ids: string, wires: string): GraphDocument {
  return {
    ...emptyDocument('g'),
    nodes: Object.fromEntries(ids.split(' ').map((id) => [id, { type: id, version: 1, params: {} }])),
    edges: wires.split(' ').map((wire) => {
      const [from, to] = wire.split('>').map((end) => {
        const [node, port] = end.split('.')
        return { node: node ?? '', port: port ?? '' }
      })
      return { from, to } as GraphDocument['edges'][number]
    }),
  }
}

const explain = (before: GraphDocument, after: GraphDocument): { places: object; left: number } => {
  const diff = diffGraphs(before, after)
  const { places, wires } = explainStructure(diff, before, after, (_, id) => id)
  return {
    places: Object.fromEntries(places),
    left: [...diff.edgesAdded, ...diff.edgesRemoved].filter((edge) => !wires.has(edge)).length,
  }
}

const plain = graph('data train report', 'data.images>train.images train.model>report.model')
const tuned = graph(
  'data train tune report',
  'data.images>train.images data.images>tune.images train.model>tune.model tune.model>report.model',
)

describe('a change of structure', () => {
  it('is an inserted node behind the one whose wire it took, and no list of wires', () => {
    expect(explain(plain, tuned)).toEqual({ places: { tune: 'inserted behind train' }, left: 0 })
  })

  it('is a node that was taken out, the other way round', () => {
    expect(explain(tuned, plain)).toEqual({ places: { tune: 'taken out behind train' }, left: 0 })
  })

  it('is a chain of nodes, each behind the one before', () => {
    const after = graph(
      'data train freeze tune report',
      'data.images>train.images train.model>freeze.model freeze.model>tune.model tune.model>report.model',
    )
    expect(explain(plain, after)).toEqual({
      places: { freeze: 'inserted behind train', tune: 'inserted behind freeze' },
      left: 0,
    })
  })

  it('leaves wires that were only moved', () => {
    const after = graph('data train report', 'data.images>train.images train.other>report.model')
    expect(explain(plain, after)).toEqual({ places: {}, left: 2 })
  })
})
