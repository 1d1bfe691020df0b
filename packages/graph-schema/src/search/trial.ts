import { freeId } from '../derive/with-repeat.js'
import { partOfGraph } from '../derive/part-of-graph.js'
import type { GraphDocument, GraphEdge, GraphEndpoint } from '../document.js'
import { isStepped } from './candidate.js'
import type { SearchAugmentation, SearchCandidate, SearchRecipe } from '../values/details/search-candidate.js'

/** Names of the inputs of a node that searches. */
export const searchInputs = { networks: 'models', train: 'train', validation: 'validation' } as const

/** What all trials of a search have in common. */
export interface TrialSettings {
  readonly folds: number
  readonly epochs: number
  readonly seed: number
}

/** A graph that makes one candidate, and where its results come out. */
export interface Trial {
  readonly document: GraphDocument
  /** The trained network. */
  readonly model: GraphEndpoint
  /** What was measured on the fold that was held out; absent where all images train. */
  readonly metrics?: GraphEndpoint
  /** Nodes that are the trial's own: all others stand before the search as well. */
  readonly own: readonly string[]
}

const augmentations: Readonly<Record<Exclude<SearchAugmentation, 'none'>, Readonly<Record<string, unknown>>>> = {
  light: { minCrop: 0.8, brightness: 0.1, contrast: 0.1, saturation: 0.1 },
  strong: { minCrop: 0.4, erasing: 0.2, policy: 'trivial' },
}

/**
 * The graph of a trial: all that the inputs of the node `search` need, and behind it a chain that makes the candidate.
 * It learns from all folds of the training images but `fold`, on which it is measured; with `fold` null from all of
 * them. Nothing else of the graph is in it, so no trial can see a test image. Null where an input is not connected.
 */
export function trialOf(
  document: GraphDocument,
  search: string,
  candidate: SearchCandidate,
  settings: TrialSettings,
  fold: number | null,
): Trial | null {
  const into = (port: string): readonly GraphEndpoint[] =>
    document.edges.filter(({ to }) => to.node === search && to.port === port).map(({ from }) => from)
  const network = into(searchInputs.networks)[candidate.network]
  const [images] = into(searchInputs.train)
  const [validation] = into(searchInputs.validation)
  if (network === undefined || images === undefined) return null
  const sources = [network, images, ...(validation === undefined ? [] : [validation])]
  const chain = new Chain(partOfGraph(document, [...new Set(sources.map(({ node }) => node))]))
  const { folds, seed } = settings
  const held = fold === null ? null : chain.add('fold', { folds, fold, seed }, { images })
  const train = held === null ? images : { node: held, port: 'train' }
  const model = { node: addTraining(chain, candidate, settings, { network, train, validation }), port: 'model' }
  if (held === null) return { document: chain.document, model, own: chain.added }
  const measured = chain.add('evaluate', { topLosses: 0 }, { model, images: { node: held, port: 'held' } })
  return { document: chain.document, model, metrics: { node: measured, port: 'metrics' }, own: chain.added }
}

/** How the head of a recipe is made and found; a recipe that isn't here starts from that on the last stage. */
const heads: Partial<Record<SearchRecipe, HeadOf>> & { readonly head: HeadOf } = {
  head: { head: { features: 'last' } },
  stages: { head: { features: 'all' } },
  leastSquares: { head: { features: 'all' }, method: 'leastSquares' },
  neighbours: { head: { features: 'all' }, method: 'nearestNeighbours' },
  pooled: { head: { features: 'all', pooling: 'averageAndMax' } },
  pooledLeastSquares: { head: { features: 'all', pooling: 'averageAndMax' }, method: 'leastSquares' },
  mirrored: { head: { features: 'all' }, views: 2 },
}

interface HeadOf {
  readonly head: Readonly<Record<string, unknown>>
  readonly method?: 'leastSquares' | 'nearestNeighbours'
  /** Of how many mirrored views of an image it learns. */
  readonly views?: number
}

/** No change but the mirror image. */
const onlyMirrored = { horizontalFlip: true, minCrop: 1, brightness: 0, contrast: 0, saturation: 0, cropRatio: 1 }

/** Which parameters of the network train after the head. */
function opening(recipe: SearchRecipe, last: string): Readonly<Record<string, unknown>> {
  if (recipe === 'lastStage') return { from: last }
  return recipe === 'norms' ? { kinds: ['biases', 'normalisation'] } : {}
}

const imageParams = ({
  height,
  width,
  whole,
  twice,
}: NonNullable<SearchCandidate['images']>): Readonly<Record<string, unknown>> =>
  twice ? { views: 'middleAndWhole' } : { height, width, ...(whole && { resize: 'stretch' }) }

/** The chain from a network to the trained one; gives the last node. */
function addTraining(
  chain: Chain,
  { removed, last, images, recipe, rate, augmentation }: SearchCandidate,
  { epochs, seed }: TrialSettings,
  {
    network,
    train,
    validation,
  }: { readonly network: GraphEndpoint; readonly train: GraphEndpoint; readonly validation: GraphEndpoint | undefined },
): string {
  const model = (node: string): GraphEndpoint => ({ node, port: 'model' })
  const measured = validation === undefined ? {} : { validation }
  const stripped = chain.add('strip-head', { after: removed === 0 ? '' : last }, { model: network })
  const seen =
    images === undefined ? stripped : chain.add('image-input', imageParams(images), { model: model(stripped) })
  const augmented = (params: Readonly<Record<string, unknown>>): GraphEndpoint => ({
    node: chain.add('augment', { ...params, seed }, { images: train }),
    port: 'images',
  })
  const { head, method, views } = heads[recipe] ?? heads.head
  const headed = chain.add('add-head', { ...head, seed }, { model: model(seen), images: train })
  const frozen = chain.add('freeze-range', {}, { model: model(headed) })
  const solved = chain.add(
    'train',
    { phase: 'head', method: method ?? 'solver', ...(views !== undefined && { views }), seed },
    { model: model(frozen), train: views === undefined ? train : augmented(onlyMirrored), ...measured },
  )
  if (!isStepped(recipe)) return solved
  const opened = chain.add('freeze-range', { action: 'unfreeze', ...opening(recipe, last) }, { model: model(solved) })
  const varied = augmentation === 'none' ? train : augmented(augmentations[augmentation])
  return chain.add(
    'train',
    { phase: 'fine-tune', epochs, learningRate: rate, backboneMultiplier: 0.5, layerDecay: 0.75, warmup: 0.1, seed },
    { model: model(opened), train: varied, ...measured },
  )
}

/** A graph that grows node by node. */
class Chain {
  private readonly edges: GraphEdge[]
  private readonly nodes: GraphDocument['nodes']
  readonly added: string[] = []

  constructor(private readonly start: GraphDocument) {
    this.edges = [...start.edges]
    this.nodes = { ...start.nodes }
  }

  get document(): GraphDocument {
    return { ...this.start, nodes: this.nodes, edges: this.edges }
  }

  /** Gives the new node's id. */
  add(
    type: string,
    params: Readonly<Record<string, unknown>>,
    inputs: Readonly<Record<string, GraphEndpoint>>,
  ): string {
    const id = freeId({ nodes: this.nodes }, type)
    this.nodes[id] = { type, version: 1, params }
    this.added.push(id)
    for (const [port, from] of Object.entries(inputs)) this.edges.push({ from, to: { node: id, port } })
    return id
  }
}
