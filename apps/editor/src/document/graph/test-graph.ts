import { emptyDocument } from '@graft/graph-schema'
import type { GraphDocument, NodeManifest } from '@graft/graph-schema'

type PortSpec = Partial<NodeManifest['inputs'][string]> & { readonly kind: NodeManifest['inputs'][string]['kind'] }

function manifest(
  type: string,
  inputs: Readonly<Record<string, PortSpec>>,
  outputs: Readonly<Record<string, PortSpec>>,
  rest: Partial<NodeManifest> = {},
): NodeManifest {
  const ports = (specs: Readonly<Record<string, PortSpec>>): NodeManifest['inputs'] =>
    Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, { title: name, description: '', ...spec }]))
  return {
    type,
    version: 1,
    title: type.charAt(0).toUpperCase() + type.slice(1),
    category: 'Data',
    doc: `${type}.`,
    keywords: [],
    inputs: ports(inputs),
    outputs: ports(outputs),
    params: { type: 'object', properties: {} },
    isOutput: false,
    usesEngine: false,
    migrations: [],
    sameClasses: [],
    ...rest,
  }
}

/** Node types for tests of the editor: enough to have splits, several kinds, optional and multiple inputs. */
export const testManifests: ReadonlyMap<string, NodeManifest> = new Map(
  [
    manifest('images', {}, { images: { kind: 'dataset', splits: ['all'] } }),
    manifest(
      'split',
      { images: { kind: 'dataset', splits: ['all'] } },
      {
        train: { kind: 'dataset', splits: ['train'] },
        val: { kind: 'dataset', splits: ['val'] },
        test: { kind: 'dataset', splits: ['test'] },
      },
    ),
    manifest('augment', { images: { kind: 'dataset' } }, { images: { kind: 'dataset', splitsFrom: 'images' } }),
    manifest('backbone', {}, { model: { kind: 'model' } }),
    manifest('freeze', { model: { kind: 'model' } }, { model: { kind: 'model' } }),
    manifest(
      'train',
      {
        model: { kind: 'model' },
        train: { kind: 'dataset', splits: ['train'] },
        val: { kind: 'dataset', splits: ['val'], optional: true },
      },
      { model: { kind: 'model' }, metrics: { kind: 'metrics' } },
      {
        params: {
          type: 'object',
          properties: { epochs: { type: 'integer', default: 10, title: 'Epochs' }, optimizer: { type: 'object' } },
        },
      },
    ),
    manifest(
      'report',
      { metrics: { kind: 'metrics', multiple: true } },
      { report: { kind: 'report' } },
      { isOutput: true },
    ),
  ].map((item) => [item.type, item]),
)

/** A document from `id: type` and `a.port > b.port`. Nodes stand in a row, 300 apart. */
export function testGraph(nodes: Readonly<Record<string, string>>, edges: readonly string[] = []): GraphDocument {
  const ids = Object.keys(nodes)
  return {
    ...emptyDocument('Test'),
    nodes: Object.fromEntries(ids.map((id) => [id, { type: nodes[id] ?? '', version: 1, params: {} }])),
    edges: edges.map((edge) => {
      const [from = '', to = ''] = edge.split(' > ')
      const end = (text: string): { node: string; port: string } => ({
        node: text.split('.')[0] ?? '',
        port: text.split('.')[1] ?? '',
      })
      return { from: end(from), to: end(to) }
    }),
    layout: {
      positions: Object.fromEntries(ids.map((id, index) => [id, { x: index * 300, y: 0 }])),
      frames: [],
      notes: [],
    },
  }
}

/** The wires of a document as text. */
export const wiresOf = (document: GraphDocument): readonly string[] =>
  document.edges.map(({ from, to }) => `${from.node}.${from.port} > ${to.node}.${to.port}`)
