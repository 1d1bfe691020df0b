import { z } from 'zod'
import type { GraphDocument, GraphNode } from '../document.js'
import { emptyDocument } from '../document.js'
import { parseManifest } from '../manifest.js'
import type { NodeManifest } from '../manifest.js'

const port = (kind: string, more: object = {}): object => ({ kind, title: kind, description: '', ...more })
const schema = (params: z.ZodObject): unknown => z.toJSONSchema(params, { io: 'input' })
const none = schema(z.strictObject({}))

/** A small node library for tests of the rules. */
export const testManifests: readonly NodeManifest[] = [
  {
    type: 'folder',
    title: 'Image Folder',
    category: 'Data',
    inputs: {},
    outputs: { all: port('dataset', { splits: ['all'] }) },
    params: schema(z.strictObject({ path: z.string().min(1) })),
  },
  {
    type: 'split',
    title: 'Split',
    category: 'Data',
    params: none,
    inputs: { data: port('dataset', { splits: ['all'] }) },
    outputs: Object.fromEntries(
      ['train', 'val', 'test'].map((split) => [
        split,
        port('dataset', { splits: [split], classesFrom: { port: 'data' } }),
      ]),
    ),
  },
  {
    type: 'augment',
    title: 'Augment',
    category: 'Data',
    version: 3,
    migrations: ['rename angle to rotation', 'split flip'],
    inputs: { data: port('dataset') },
    outputs: { data: port('dataset', { splitsFrom: 'data', classesFrom: { port: 'data' } }) },
    params: schema(z.strictObject({ rotation: z.number().min(0).max(180).default(0) })),
  },
  {
    type: 'backbone',
    title: 'Load Backbone',
    category: 'Model',
    inputs: {},
    outputs: { model: port('model') },
    params: none,
  },
  {
    type: 'head',
    title: 'Add Head',
    category: 'Model',
    inputs: { model: port('model'), data: port('dataset', { optional: true }) },
    outputs: { model: port('model', { classesFrom: { param: 'classes' } }) },
    params: schema(
      z.strictObject({ classes: z.int().min(0).default(0), hidden: z.array(z.int().positive()).default([]) }),
    ),
    sameClasses: [[{ param: 'classes' }, { port: 'data' }]],
  },
  {
    type: 'train',
    title: 'Train',
    category: 'Training',
    inputs: {
      model: port('model'),
      train: port('dataset', { splits: ['train'] }),
      val: port('dataset', { splits: ['val'], optional: true }),
    },
    outputs: { model: port('model', { classesFrom: { port: 'model' } }), metrics: port('metrics') },
    params: schema(
      z.strictObject({
        epochs: z.int().min(1).max(1000),
        learningRate: z.number().positive().max(10).default(0.001),
        optimizer: z
          .discriminatedUnion('name', [
            z.strictObject({ name: z.literal('sgd'), momentum: z.number().min(0).max(1) }),
            z.strictObject({ name: z.literal('adam') }),
          ])
          .optional(),
        schedule: z.enum(['constant', 'cosine']).default('cosine'),
      }),
    ),
    sameClasses: [[{ port: 'model' }, { port: 'train' }, { port: 'val' }]],
  },
  {
    type: 'report',
    title: 'Report',
    category: 'Output',
    isOutput: true,
    inputs: { metrics: port('metrics', { multiple: true }) },
    outputs: { report: port('report') },
    params: none,
  },
].map((manifest) => parseManifest({ version: 1, doc: 'For tests.', ...manifest }))

/** A document from `id: [type, params, more]` and `from.port -> to.port` lines. */
export function testDocument(
  nodes: Record<string, readonly [type: string, params?: GraphNode['params'], more?: Partial<GraphNode>]>,
  edges: readonly string[],
): GraphDocument {
  const end = (text = ''): { node: string; port: string } => ({
    node: text.split('.')[0] ?? '',
    port: text.split('.')[1] ?? '',
  })
  return {
    ...emptyDocument('test'),
    nodes: Object.fromEntries(
      Object.entries(nodes).map(([id, [type, params = {}, more = {}]]) => [
        id,
        { type, version: testManifests.find((manifest) => manifest.type === type)?.version ?? 1, params, ...more },
      ]),
    ),
    edges: edges.map((edge) => ({ from: end(edge.split(' -> ')[0]), to: end(edge.split(' -> ')[1]) })),
  }
}

/** A pipeline without problems; `changes` replaces or adds nodes. */
export function goodDocument(
  changes: Parameters<typeof testDocument>[0] = {},
  edges: readonly string[] = [],
): GraphDocument {
  return testDocument(
    {
      data: ['folder', { path: 'photos' }],
      split: ['split'],
      backbone: ['backbone'],
      head: ['head'],
      train: ['train', { epochs: 5 }],
      report: ['report'],
      ...changes,
    },
    [
      'data.all -> split.data',
      'backbone.model -> head.model',
      'head.model -> train.model',
      'split.train -> train.train',
      'split.val -> train.val',
      'train.metrics -> report.metrics',
      ...edges,
    ],
  )
}
