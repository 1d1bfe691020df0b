import type { GraphDocument, GraphNode } from '../document.js'
import type { NodeManifest } from '../manifest.js'
import { partOfGraph } from './part-of-graph.js'

/** One of the times that a graph is run: with seeds raised by `seed`, and tested on one of the folds, if there are any. */
export interface Repetition {
  readonly seed: number
  /** From 1; null: tested on the images that the graph says. */
  readonly fold: number | null
  readonly folds: number
}

/** Type of the node that divides images, with its parameters `folds` and `fold`. */
export const splitType = 'split'

/** Every fold with every seed. The first without folds is the graph as it is. */
export function repetitionsOf({ folds, seeds }: { readonly folds: number; readonly seeds: number }): Repetition[] {
  const perSeed = folds > 1 ? Array.from({ length: folds }, (_, index) => index + 1) : [null]
  return Array.from({ length: seeds }, (_, seed) => perSeed.map((fold) => ({ seed, fold, folds }))).flat()
}

/**
 * What a graph does up to the node `end`, once more: all that draws by lot after the data draws with other seeds. Which
 * images are tested stays the same without folds; with folds every seed draws them again.
 */
export function repetitionOf(
  document: GraphDocument,
  manifests: readonly NodeManifest[],
  end: string,
  repetition: Repetition,
): GraphDocument {
  const part = partOfGraph(document, [end])
  const fed = new Set(part.edges.map(({ to }) => `${to.node}.${to.port}`))
  const nodes = Object.entries(part.nodes).map(([id, node]) => {
    const isFed = (field: string): boolean => fed.has(`${id}.${field}`)
    return [id, node.type === splitType ? withFold(node, repetition) : withSeed(node, manifests, repetition, isFed)]
  })
  return { ...part, nodes: Object.fromEntries(nodes) as GraphDocument['nodes'] }
}

/** Whether some node before `end` divides images, so that there can be folds. */
export const canFold = (document: GraphDocument, end: string): boolean =>
  Object.values(partOfGraph(document, [end]).nodes).some(({ type }) => type === splitType)

function withFold(node: GraphNode, { fold, folds, seed }: Repetition): GraphNode {
  return fold === null
    ? node
    : { ...node, params: { ...node.params, folds, fold, seed: raised(seedOf(node, 0), seed) } }
}

/** Sources of images have a seed as well, but no inputs: what they give stays. */
function withSeed(
  node: GraphNode,
  manifests: readonly NodeManifest[],
  { seed }: Repetition,
  isFed: (field: string) => boolean,
): GraphNode {
  const manifest = manifests.find(({ type }) => type === node.type)
  if (seed === 0 || manifest === undefined || Object.keys(manifest.inputs).length === 0 || isFed('seed')) return node
  const field = (manifest.params as { readonly properties?: Record<string, { readonly default?: unknown }> })
    .properties?.['seed']
  if (field === undefined) return node
  return { ...node, params: { ...node.params, seed: raised(seedOf(node, Number(field.default ?? 0)), seed) } }
}

/** The largest seed is followed by 0. */
const raised = (seed: number, by: number): number => (seed + by) % 2 ** 32

const seedOf = ({ params }: GraphNode, usual: number): number => Number(params['seed'] ?? usual)
