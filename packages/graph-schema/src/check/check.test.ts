import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { GraphDocument, GraphNode } from '../document.js'
import { parseManifest } from '../manifest.js'
import type { Problem } from '../problem.js'
import { check } from './check.js'
import type { CheckOptions } from './context.js'
import { goodDocument, testDocument, testManifests } from './test-manifests.js'

const problems = (document: GraphDocument, options?: CheckOptions) => check(document, testManifests, options)
const only = (document: GraphDocument, options?: CheckOptions) => {
  const found = problems(document, options)
  expect(found.map(({ code }) => code)).toHaveLength(1)
  return found[0]
}
const without = (document: GraphDocument, edge: string): GraphDocument => ({
  ...document,
  edges: document.edges.filter(({ from, to }) => `${from.node}.${from.port} -> ${to.node}.${to.port}` !== edge),
})

describe('check', () => {
  it('finds nothing wrong with a good document', () => {
    expect(problems(goodDocument())).toEqual([])
  })

  it('names an unknown node type, with the type that was meant', () => {
    const found = problems(goodDocument({ train: ['trian', { epochs: 5 }] }))[0]
    expect(found).toMatchObject({ code: 'node-type-unknown', severity: 'error', node: 'train', field: 'type' })
    expect(found?.message).toBe(
      'There is no node type "trian" here (node train). The node is kept as it is, but can\'t be run.',
    )
    expect(found?.fix).toMatch(/^Did you mean "train"\? Otherwise install the plugin/)
  })

  it('says which plugins a document asks for when a type is unknown', () => {
    const document = { ...testDocument({ a: ['acme-magic'] }, []), requires: { 'acme-nodes': '^2' } }
    expect(only(document)?.fix).toContain('install what the graph asks for (acme-nodes ^2)')
  })

  it('refuses a node of a newer version and explains an older one', () => {
    const newer = problems(testDocument({ a: ['augment', {}, { version: 9 }] }, []))[0]
    expect(newer).toMatchObject({ code: 'node-version-newer', severity: 'error', node: 'a' })
    expect(newer?.message).toBe(
      'Augment (a) was made with version 9 of node type "augment", and this Graft knows it up to version 3. It is kept as it is.',
    )
    const older = problems(
      goodDocument({ augment: ['augment', { flipBoth: true }, { version: 2 }] }, ['split.train -> augment.data']),
    )
    expect(older).toHaveLength(1)
    expect(older[0]).toMatchObject({ code: 'node-version-older', severity: 'info' })
    expect(older[0]?.message).toContain('brought to version 3 when it runs: split flip.')
  })

  it.each([
    [{}, 'param-missing', 'epochs', 'Train (train): "epochs" is missing.'],
    [
      { epochs: 'ten' },
      'param-invalid',
      'epochs',
      'Train (train): "epochs" is "ten"; expected a whole number from 1 to 1000.',
    ],
    [
      { epochs: 5, learningRate: 0 },
      'param-invalid',
      'learningRate',
      'Train (train): "learningRate" is 0; expected a number above 0 and up to 10.',
    ],
    [
      { epochs: 5, schedule: 'cosin' },
      'param-invalid',
      'schedule',
      'Train (train): "schedule" is "cosin"; expected one of "constant", "cosine".',
    ],
    [
      { epochs: 5, epoch: 5 },
      'param-unknown',
      'epoch',
      'Train (train): there is no parameter "epoch"; expected one of epochs, learningRate, optimizer and schedule.',
    ],
    [
      { epochs: 5, optimizer: { name: 'sgd', momentum: 2 } },
      'param-invalid',
      'optimizer.momentum',
      'Train (train): "optimizer.momentum" is 2; expected a number from 0 to 1.',
    ],
  ])('finds wrong params %j', (params, code, field, message) => {
    expect(only(goodDocument({ train: ['train', params] }))).toMatchObject({
      code,
      severity: 'error',
      node: 'train',
      field,
      message,
    })
  })

  it('gives the path of a wrong item in a list, and how to mend params', () => {
    expect(only(goodDocument({ head: ['head', { hidden: [64, -1] }] }))).toMatchObject({
      field: 'hidden.1',
      message: 'Add Head (head): "hidden.1" is -1; expected a whole number above 0.',
    })
    expect(only(goodDocument({ train: ['train', { epochs: 5, epoch: 5 }] }))?.fix).toBe(
      'Did you mean "epochs"? Rename or remove "epoch".',
    )
    expect(only(goodDocument({ train: ['train', { epochs: 5, schedule: 1 }] }))?.fix).toBe(
      'Set "schedule" to one of "constant", "cosine", or leave it out for "cosine".',
    )
  })

  it('uses the given validator in place of the JSON Schema', () => {
    const validateParams: CheckOptions['validateParams'] = (node) =>
      node.type === 'train'
        ? [{ code: 'own', severity: 'warning', field: 'epochs', message: 'few epochs.', fix: 'More.' }]
        : []
    expect(only(goodDocument({ train: ['train', {}] }), { validateParams })).toMatchObject({
      code: 'own',
      node: 'train',
      message: 'Train (train): few epochs.',
    })
  })

  it('finds an unconnected required input and says what could be connected', () => {
    const found = only(without(goodDocument(), 'split.train -> train.train'))
    expect(found).toMatchObject({
      code: 'input-unconnected',
      node: 'train',
      field: 'train',
      message: 'Train (train) needs a dataset at its input "train" (dataset), and nothing is connected there.',
    })
    expect(found?.fix).toBe('Connect a dataset output; these nodes have one: Image Folder, Split, Augment.')
  })

  it('finds an optional input that a setting needs, and says which setting', () => {
    const folder = testManifests.find(({ type }) => type === 'folder')!
    const exporting = parseManifest({
      ...{ ...folder, type: 'export', title: 'Export', isOutput: true, outputs: {} },
      inputs: {
        images: {
          ...{ kind: 'dataset', title: 'Images', description: '', optional: true },
          neededFor: { param: 'format', values: ['small'] },
        },
      },
      params: z.toJSONSchema(z.strictObject({ format: z.enum(['small', 'large']).default('small') }), { io: 'input' }),
    })
    const found = (params: GraphNode['params'], ...edges: readonly string[]): readonly Problem[] =>
      check(testDocument({ data: ['folder', { path: 'photos' }], out: ['export', params] }, edges), [
        folder,
        exporting,
      ]).filter(({ severity }) => severity === 'error')
    for (const params of [{ format: 'small' }, {}])
      expect(found(params)).toMatchObject([
        {
          ...{ code: 'input-unconnected', node: 'out', field: 'images' },
          message: expect.stringContaining('at its input "images" (Images) with "format" set to "small"'),
          fix: 'Connect a dataset output; these nodes have one: Image Folder. Or set "format" to something else.',
        },
      ])
    expect(found({ format: 'large' })).toEqual([])
    expect(found({ format: 'small' }, 'data.all -> out.images')).toEqual([])
  })

  it('finds edges to ports and nodes that are not there', () => {
    expect(only(goodDocument({}, ['split.tset -> report.metrics']))).toMatchObject({
      code: 'output-unknown',
      node: 'split',
      field: 'tset',
      edge: 'split.tset -> report.metrics',
      message: 'Split (split) has no output "tset"; its outputs are: train, val and test.',
    })
    const input = only(goodDocument({}, ['split.test -> train.tests']))
    expect(input).toMatchObject({ code: 'input-unknown', node: 'train', field: 'tests' })
    const missing = only(goodDocument({}, ['split.test -> trian.train']))
    expect(missing).toMatchObject({
      code: 'edge-node-missing',
      node: 'split',
      field: 'test',
      message: 'The edge split.test -> trian.train leads to a node "trian" that is not in the graph.',
    })
    expect(missing?.fix).toContain('Did you mean "train"?')
  })

  it('is not fooled by port and node names that every object inherits', () => {
    expect(only(goodDocument({}, ['split.constructor -> report.metrics']))?.code).toBe('output-unknown')
    expect(only(goodDocument({}, ['constructor.x -> report.metrics']))?.code).toBe('edge-node-missing')
  })

  it('finds ports of different kinds', () => {
    const found = only(goodDocument({ report: ['report'] }, ['train.model -> report.metrics']))
    expect(found).toMatchObject({
      code: 'type-mismatch',
      node: 'report',
      field: 'metrics',
      message: '"metrics" of Report (report) takes a metrics, but "model" of Train (train) gives a model.',
    })
    expect(found?.fix).toBe('Connect "metrics" of Train (train) there.')
  })

  it('refuses test data in Train, and says why', () => {
    const found = only({
      ...without(goodDocument(), 'split.train -> train.train'),
      edges: [
        ...without(goodDocument(), 'split.train -> train.train').edges,
        { from: { node: 'split', port: 'test' }, to: { node: 'train', port: 'train' } },
      ],
    })
    expect(found).toMatchObject({
      code: 'split-mismatch',
      severity: 'error',
      node: 'train',
      field: 'train',
      edge: 'split.test -> train.train',
    })
    expect(found?.message).toBe(
      '"train" of Train (train) takes train data, but "test" of Split (split) gives test data. The network would learn the very images that it is judged by, and the measured accuracy would mean nothing.',
    )
  })

  it('follows the split through nodes that pass data on, bypassed ones too', () => {
    for (const more of [{}, { bypassed: true }]) {
      const document = goodDocument({ augment: ['augment', {}, more] }, [
        'split.test -> augment.data',
        'augment.data -> train.train',
      ])
      expect(only(without(document, 'split.train -> train.train'))?.code).toBe('split-mismatch')
    }
  })

  it('finds a second edge into an input that takes one, and the same edge twice', () => {
    expect(only(goodDocument({ other: ['backbone'] }, ['other.model -> head.model']))).toMatchObject({
      code: 'input-taken',
      node: 'head',
      field: 'model',
      message:
        '"model" of Add Head (head) gets two edges, from Load Backbone (backbone) and from Load Backbone (other); expected one.',
    })
    expect(only(goodDocument({}, ['train.metrics -> report.metrics']))).toMatchObject({
      code: 'edge-duplicate',
      message: 'The edge train.metrics -> report.metrics is there twice; expected once.',
    })
    const ids = { ...goodDocument(), edges: goodDocument().edges.map((edge) => ({ ...edge, id: 'e' })) }
    expect(problems(ids)[0]?.message).toBe('Two edges have the id "e"; expected ids to differ.')
  })

  it('finds a cycle and shows its path', () => {
    const document = testDocument({ a: ['augment'], b: ['augment'] }, ['a.data -> b.data', 'b.data -> a.data'])
    const found = problems(document).find(({ code }) => code === 'cycle')
    expect(found?.message).toMatch(
      /^The graph runs in a circle: Augment \((a|b)\) -> Augment \((a|b)\) -> Augment \(\1\)\. Each of these waits/,
    )
    expect(found?.edge).toMatch(/^(a.data -> b.data|b.data -> a.data)$/)
  })

  it('finds a head whose classes cannot match the data, once, where it is set', () => {
    const document = goodDocument({ head: ['head', { classes: 5 }] }, ['split.train -> head.data'])
    expect(problems(document)).toEqual([])
    const found = only(document, { facts: { data: { classNames: ['ants', 'bees'] } } })
    expect(found).toMatchObject({
      code: 'classes-mismatch',
      node: 'head',
      field: 'classes',
      message: 'Add Head (head) is set to 5 classes, but the data of Image Folder (data) has 2 (ants, bees).',
    })
    expect(found?.fix).toBe('Set "classes" of Add Head (head) to 2, or to 0 to take it from the data.')
    expect(problems(goodDocument({ head: ['head', { classes: 2 }] }), { facts: { data: { classes: 2 } } })).toEqual([])
    expect(problems(goodDocument({ head: ['head', { classes: 0 }] }), { facts: { data: { classes: 2 } } })).toEqual([])
  })

  it('finds a wrong head at Train when Add Head does not see the data', () => {
    expect(only(goodDocument({ head: ['head', { classes: 5 }] }), { facts: { data: { classes: 2 } } })).toMatchObject({
      code: 'classes-mismatch',
      node: 'head',
    })
  })

  it('finds training and validation data of different classes', () => {
    const document = {
      ...goodDocument({ other: ['folder', { path: 'x' }], second: ['split'] }, [
        'other.all -> second.data',
        'second.val -> train.val',
      ]),
    }
    const own = without(document, 'split.val -> train.val')
    expect(
      only(own, { facts: { data: { classNames: ['a', 'b'] }, other: { classNames: ['a', 'b', 'c'] } } })?.message,
    ).toBe('Train (train) gets 3 classes (a, b, c) at "val" and 2 (a, b) at "train"; expected the same classes.')
    expect(only(own, { facts: { data: { classNames: ['a', 'b'] }, other: { classNames: ['b', 'a'] } } })).toMatchObject(
      { code: 'class-names-mismatch', field: 'val' },
    )
  })

  it('says what a muted node takes with it, and lets its other problems rest', () => {
    const found = problems(goodDocument({ train: ['train', { epochs: -1 }, { muted: true }] }))
    expect(found.map(({ code, node }) => [code, node])).toContainEqual(['node-muted', 'train'])
    expect(found.map(({ severity }) => severity)).not.toContain('error')
    const skipped = problems(goodDocument({ split: ['split', {}, { muted: true }] })).find(
      ({ code }) => code === 'node-skipped',
    )
    expect(skipped).toMatchObject({
      node: 'train',
      severity: 'warning',
      message: "Train (train) won't run, because it needs a muted node: Split (split).",
    })
  })

  it('says when a node cannot be bypassed', () => {
    const found = problems(goodDocument({ backbone: ['backbone', {}, { bypassed: true }] })).find(
      ({ code }) => code === 'bypass-impossible',
    )
    expect(found).toMatchObject({
      node: 'backbone',
      field: 'model',
      message:
        'Load Backbone (backbone) is bypassed, but no connected input of it has a model to pass on to "model" of Add Head (head).',
    })
  })

  it('warns when nothing comes out, and mentions isolated nodes', () => {
    expect(only(testDocument({}, []))).toMatchObject({ code: 'graph-empty', severity: 'warning' })
    expect(only(testDocument({ a: ['backbone'] }, []))).toMatchObject({
      code: 'no-output',
      severity: 'warning',
      fix: 'Add one of Report.',
    })
    expect(only(goodDocument({ lonely: ['backbone', {}, { title: 'Mine' }] }))).toMatchObject({
      code: 'node-isolated',
      severity: 'info',
      message: 'Mine (lonely) is not connected to anything.',
    })
  })

  it('gives errors first', () => {
    const severities = problems(goodDocument({ lonely: ['backbone'], train: ['train', {}], x: ['nope'] })).map(
      ({ severity }) => severity,
    )
    expect(severities).toEqual(
      [...severities].sort((a, b) => ['error', 'warning', 'info'].indexOf(a) - ['error', 'warning', 'info'].indexOf(b)),
    )
    expect(severities.length).toBeGreaterThan(2)
  })
})
