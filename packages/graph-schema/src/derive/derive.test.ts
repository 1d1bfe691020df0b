import { describe, expect, it } from 'vitest'
import { emptyDocument } from '../document.js'
import type { GraphDocument } from '../document.js'
import type { NodeManifest } from '../manifest.js'
import { repetitionOf, repetitionsOf } from './repetitions.js'
import { withRepeat } from './with-repeat.js'

const manifest = (type: string, category: string, fields: readonly string[], hasInputs = true): NodeManifest =>
  ({
    ...{ type, category, version: 1, title: type, doc: '', isOutput: false, usesEngine: false },
    ...{ keywords: [], migrations: [], sameClasses: [] },
    inputs: hasInputs ? { in: { kind: 'dataset', title: '', description: '' } } : {},
    outputs: category === 'Evaluation' ? { metrics: { kind: 'metrics', title: '', description: '' } } : {},
    params: { properties: Object.fromEntries(fields.map((name) => [name, { default: 7 }])) },
  }) as NodeManifest
const manifests = [
  manifest('images', 'Data', ['seed'], false),
  manifest('split', 'Data', ['seed', 'folds', 'fold']),
  manifest('train', 'Training', ['seed']),
  manifest('evaluate', 'Evaluation', []),
  manifest('export', 'Output', []),
]
const wire = (from: string, to: string, fromPort = 'out', toPort = 'in') => ({
  from: { node: from, port: fromPort },
  to: { node: to, port: toPort },
})
const graph: GraphDocument = {
  ...emptyDocument('g'),
  nodes: Object.fromEntries(
    ['images', 'split', 'train', 'evaluate', 'export'].map((type) => [type, { type, version: 1, params: {} }]),
  ),
  edges: [
    wire('images', 'split'),
    wire('split', 'train', 'train'),
    wire('train', 'evaluate'),
    wire('split', 'evaluate', 'test'),
    wire('train', 'export'),
  ],
}
const paramsOf = (document: GraphDocument) =>
  Object.fromEntries(Object.entries(document.nodes).map(([id, { params }]) => [id, params]))

describe('a repetition of a graph', () => {
  const once = (seed: number, fold: number | null) =>
    repetitionOf(graph, manifests, 'evaluate', { seed, fold, folds: 5 })

  it('is the graph up to the evaluation as it is, the first time', () =>
    expect(paramsOf(once(0, null))).toEqual({ images: {}, split: {}, train: {}, evaluate: {} }))

  it('draws with other seeds after the data, and tests the same images without folds', () =>
    expect(paramsOf(once(2, null))).toEqual({ images: {}, split: {}, train: { seed: 9 }, evaluate: {} }))

  it('tests one fold, and draws the folds anew with every seed', () => {
    expect(once(0, 3).nodes['split']?.params).toEqual({ folds: 5, fold: 3, seed: 0 })
    expect(paramsOf(once(1, 3))).toMatchObject({ split: { fold: 3, seed: 1 }, train: { seed: 8 } })
  })

  it('leaves seeds alone that a wire feeds', () => {
    const fed = { ...graph, edges: [...graph.edges, wire('images', 'train', 'number', 'seed')] }
    expect(repetitionOf(fed, manifests, 'evaluate', { seed: 1, fold: null, folds: 0 }).nodes['train']?.params).toEqual(
      {},
    )
  })

  it('comes once for every fold and seed', () => {
    expect(repetitionsOf({ folds: 3, seeds: 2 }).map(({ seed, fold }) => `${seed} ${fold}`)).toEqual([
      '0 1',
      '0 2',
      '0 3',
      '1 1',
      '1 2',
      '1 3',
    ])
    expect(repetitionsOf({ folds: 0, seeds: 2 })).toHaveLength(2)
  })
})

describe('a graph with Repeat', () => {
  it('has it behind the last evaluation, once', () => {
    const first = withRepeat(graph, manifests, { folds: 5 })
    expect(first?.document.edges.at(-1)).toEqual(wire('evaluate', 'repeat', 'metrics', 'metrics'))
    const second = withRepeat(first?.document ?? graph, manifests, { seeds: 3 })
    expect(second?.document.edges).toHaveLength(graph.edges.length + 1)
    expect(second?.document.nodes['repeat']?.params).toEqual({ folds: 5, seeds: 3 })
  })

  it('is none where nothing is evaluated, or not by the node that is named', () => {
    expect(withRepeat({ ...graph, nodes: {} }, manifests, {})).toBeNull()
    expect(withRepeat(graph, manifests, {}, 'train')).toBeNull()
  })
})
