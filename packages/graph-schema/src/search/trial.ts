import { freeId } from '../derive/with-repeat.js'
import { partOfGraph } from '../derive/part-of-graph.js'
import type { GraphDocument, GraphEdge, GraphEndpoint } from '../document.js'
import { isStepped } from './candidate.js'
import type { SearchAugmentation, SearchCandidate } from '../values/details/search-candidate.js'

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

/** The chain from a network to the trained one; gives the last node. */
function addTraining(
  chain: Chain,
  { removed, last, recipe, rate, augmentation }: SearchCandidate,
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
  const features = recipe === 'stages' ? 'all' : 'last'
  const headed = chain.add('add-head', { features, seed }, { model: model(stripped), images: train })
  const frozen = chain.add('freeze-range', {}, { model: model(headed) })
  const solved = chain.add(
    'train',
    { phase: 'head', method: 'solver', seed },
    { model: model(frozen), train, ...measured },
  )
  if (!isStepped(recipe)) return solved
  const from = recipe === 'lastStage' ? last : ''
  const opened = chain.add('freeze-range', { action: 'unfreeze', from }, { model: model(solved) })
  const seen =
    augmentation === 'none'
      ? train
      : { node: chain.add('augment', { ...augmentations[augmentation], seed }, { images: train }), port: 'images' }
  return chain.add(
    'train',
    { phase: 'fine-tune', epochs, learningRate: rate, backboneMultiplier: 0.5, layerDecay: 0.75, warmup: 0.1, seed },
    { model: model(opened), train: seen, ...measured },
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
