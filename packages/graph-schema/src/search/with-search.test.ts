import { describe, expect, it } from 'vitest'
import { emptyDocument } from '../document.js'
import type { GraphDocument } from '../document.js'
import type { NodeManifest } from '../manifest.js'
import { withSearch } from './with-search.js'

type Kinds = Readonly<Record<string, readonly [string, ...string[]]>>
const ports = (kinds: Kinds) =>
  Object.fromEntries(
    Object.entries(kinds).map(([name, [kind, ...splits]]) => [name, { kind, title: '', description: '', splits }]),
  )
const manifest = (type: string, inputs: Kinds, outputs: Kinds): NodeManifest =>
  ({ type, inputs: ports(inputs), outputs: ports(outputs) }) as unknown as NodeManifest
const manifests = [
  manifest('images', {}, { images: ['dataset', 'all'] }),
  manifest(
    'split',
    { images: ['dataset', 'all'] },
    { train: ['dataset', 'train'], val: ['dataset', 'val'], test: ['dataset', 'test'] },
  ),
  manifest('backbone', {}, { model: ['model'] }),
  manifest('train', { model: ['model'] }, { model: ['model'] }),
  { ...manifest('export', { model: ['model'] }, {}), isOutput: true },
]
const graph: GraphDocument = {
  ...emptyDocument(),
  nodes: Object.fromEntries(
    ['images', 'split', 'backbone', 'train'].map((type) => [type, { type, version: 1, params: {} }]),
  ),
  edges: [
    { from: { node: 'images', port: 'images' }, to: { node: 'split', port: 'images' } },
    { from: { node: 'backbone', port: 'model' }, to: { node: 'train', port: 'model' } },
  ],
}
const into = (document: GraphDocument, node: string) =>
  document.edges.filter(({ to }) => to.node === node).map(({ from, to }) => `${from.node}.${from.port} -> ${to.port}`)

describe('a graph with Search', () => {
  it('has it on networks that are not trained and on the divided images; test images go to the evaluation only', () => {
    const { document, search, evaluation } = withSearch(graph, manifests, { minutes: 3 }) ?? {}
    if (document === undefined || search === undefined) throw new Error('none')
    expect(into(document, search)).toEqual([
      'backbone.model -> models',
      'split.train -> train',
      'split.val -> validation',
    ])
    expect(into(document, evaluation ?? '')).toEqual(['search.model -> model', 'split.test -> images'])
    const again = withSearch(document, manifests, { trials: 5 })
    expect(again?.document.nodes['search']?.params).toEqual({ minutes: 3, trials: 5 })
    expect(again).toMatchObject({ search, evaluation })
    expect(Object.keys(again?.document.nodes ?? {})).toHaveLength(6)
  })

  it('has a report on the winner where something else comes out of it, so that all of it is run', () => {
    const ending = { ...graph, nodes: { ...graph.nodes, export: { type: 'export', version: 1, params: {} } } }
    const { document } = withSearch(ending, manifests, {}) ?? {}
    expect(into(document ?? graph, 'report')).toEqual([
      'evaluate.metrics -> metrics',
      'search.metrics -> metrics',
      'search.model -> model',
    ])
  })

  it('is none without a network, or without training images', () => {
    const { backbone: _, ...noNetwork } = graph.nodes
    const { split: __, ...noImages } = graph.nodes
    expect(withSearch({ ...graph, nodes: noNetwork }, manifests, {})).toBeNull()
    expect(withSearch({ ...graph, nodes: noImages }, manifests, {})).toBeNull()
  })
})
