import { freeId } from '../derive/with-repeat.js'
import type { GraphDocument, GraphEdge, GraphEndpoint } from '../document.js'
import type { NodeManifest } from '../manifest.js'
import { topologicalOrder } from '../order.js'
import type { SplitName } from '../splits.js'
import { searchInputs } from './trial.js'

/** Type of the node that searches. */
export const searchType = 'search'

export interface SearchedGraph {
  readonly document: GraphDocument
  /** Ids of the node Search in it, and of the evaluation behind it, where there are test images. */
  readonly search: string
  readonly evaluation: string | null
}

/**
 * The graph with a node Search beside what it has: on its networks and its divided images, with an evaluation on the test
 * images behind it. A Search that is already there is taken and set anew. Null where networks or training images are
 * missing.
 */
export function withSearch(
  document: GraphDocument,
  manifests: readonly NodeManifest[],
  params: Readonly<Record<string, unknown>>,
): SearchedGraph | null {
  const known = Object.keys(document.nodes).find((id) => document.nodes[id]?.type === searchType)
  if (known !== undefined) return withParams(document, known, params)
  const found = searchedParts(document, manifests)
  const [train] = found.train
  if (found.networks.length === 0 || train === undefined) return null
  const growing = new Growing(document, roomBelow(document))
  const search = growing.add(searchType, params, [
    ...found.networks.map((network) => [searchInputs.networks, network] as const),
    [searchInputs.train, train],
    ...found.validation.slice(0, 1).map((validation) => [searchInputs.validation, validation] as const),
  ])
  const [test] = found.test
  const evaluation = test === undefined ? null : addEvaluation(growing, search, test, found.hasOutputs)
  return { document: growing.document, search, evaluation }
}

/** What of a graph a search can start from. */
interface SearchedParts
  extends Readonly<Record<'networks' | 'train' | 'validation' | 'test', readonly GraphEndpoint[]>> {
  /** Whether it has nodes that something comes out of. */
  readonly hasOutputs: boolean
}

function searchedParts(document: GraphDocument, manifests: readonly NodeManifest[]): SearchedParts {
  const nodes = topologicalOrder(document).order.map((node) => ({
    node,
    manifest: manifests.find(({ type }) => type === document.nodes[node]?.type),
  }))
  const part = (split: SplitName): readonly GraphEndpoint[] =>
    nodes.flatMap(({ node, manifest }) => outputsOf(node, manifest, split))
  return {
    networks: nodes.flatMap(({ node, manifest }) => networkOutputs(node, manifest)),
    ...{ train: part('train'), validation: part('val'), test: part('test') },
    hasOutputs: nodes.some(({ manifest }) => manifest?.isOutput === true),
  }
}

/** The winner measured on the test images; gives the evaluation's id. */
function addEvaluation(growing: Growing, search: string, images: GraphEndpoint, hasOutputs: boolean): string {
  const model = { node: search, port: 'model' }
  const evaluation = growing.add('evaluate', {}, Object.entries({ model, images }), 'Evaluate the winner')
  const metrics = [evaluation, search].map((node) => ['metrics', { node, port: 'metrics' }] as const)
  // A graph is run for the nodes that something comes out of: where it has some, the evaluation needs one as well.
  if (hasOutputs) growing.add('report', {}, [...metrics, ['model', model]], 'Report on the winner')
  return evaluation
}

/** A document to which nodes are added in a row. */
class Growing {
  private added = 0

  constructor(
    public document: GraphDocument,
    private readonly place: { readonly x: number; readonly y: number },
  ) {}

  /** Gives the new node's id. */
  add(
    type: string,
    params: Readonly<Record<string, unknown>>,
    inputs: readonly (readonly [string, GraphEndpoint])[],
    title?: string,
  ): string {
    const id = freeId(this.document, type)
    const { nodes, edges, layout } = this.document
    const position = { x: this.place.x + 340 * this.added, y: this.place.y }
    this.document = {
      ...this.document,
      nodes: { ...nodes, [id]: { type, version: 1, params, ...(title === undefined ? {} : { title }) } },
      edges: [...edges, ...inputs.map(([port, from]): GraphEdge => ({ from, to: { node: id, port } }))],
      layout: { ...layout, positions: { ...layout.positions, [id]: position } },
    }
    this.added += 1
    return id
  }
}

function withParams(
  document: GraphDocument,
  search: string,
  params: Readonly<Record<string, unknown>>,
): SearchedGraph | null {
  const node = document.nodes[search]
  if (node === undefined) return null
  const nodes = { ...document.nodes, [search]: { ...node, params: { ...node.params, ...params } } }
  const behind = document.edges.find(
    ({ from, to }) => from.node === search && document.nodes[to.node]?.type === 'evaluate',
  )
  return { document: { ...document, nodes }, search, evaluation: behind?.to.node ?? null }
}

/** Networks that a node gives without getting one. */
function networkOutputs(node: string, manifest: NodeManifest | undefined): readonly GraphEndpoint[] {
  if (manifest === undefined || Object.values(manifest.inputs).some(({ kind }) => kind === 'model')) return []
  return Object.entries(manifest.outputs).flatMap(([port, { kind }]) => (kind === 'model' ? [{ node, port }] : []))
}

/** Outputs that carry this part of the images and no other. */
function outputsOf(node: string, manifest: NodeManifest | undefined, split: SplitName): readonly GraphEndpoint[] {
  return Object.entries(manifest?.outputs ?? {}).flatMap(([port, { kind, splits }]) =>
    kind === 'dataset' && splits?.length === 1 && splits[0] === split ? [{ node, port }] : [],
  )
}

/** A place under everything that has one. */
function roomBelow({ layout, nodes }: GraphDocument): { readonly x: number; readonly y: number } {
  const places = Object.entries(layout.positions).flatMap(([id, place]) => (nodes[id] === undefined ? [] : [place]))
  if (places.length === 0) return { x: 0, y: 0 }
  return { x: Math.min(...places.map(({ x }) => x)) + 340, y: Math.max(...places.map(({ y }) => y)) + 320 }
}
