import { GraftError } from '@graft/errors'
import { nodeOf } from '../document.js'
import type { GraphDocument, GraphEndpoint } from '../document.js'
import { edgesInto } from '../edges-into.js'
import type { AdviceCandidate, AdviceValue } from '../values/advice/index.js'

export const advisorType = 'scenario-advisor'

/** What a document has already of what the advised part starts from. */
export interface Feeds {
  /** A Split that divides the images; null when there is none. */
  readonly split: string | null
  readonly images: GraphEndpoint | null
  readonly model: GraphEndpoint | null
}

/** Looks at what the advisor is wired to; without an advisor, for nodes that read the same folder and network. */
export function findFeeds(advice: AdviceValue, { network }: AdviceCandidate, document: GraphDocument): Feeds {
  const advisor = Object.keys(document.nodes).find((id) => nodeOf(document, id)?.type === advisorType)
  const into = advisor === undefined ? [] : edgesInto(document.edges, advisor)
  const images =
    into.find(({ to }) => to.port === 'images')?.from ??
    endpointOf(document, 'image-folder', 'path', advice.data.folder, 'images')
  const split = images !== null && nodeOf(document, images.node)?.type === 'split' ? images.node : null
  const before = split === null ? images : (edgesInto(document.edges, split)[0]?.from ?? null)
  return { split, images: before, model: modelFeed(advice, network, document, into) }
}

function modelFeed(
  { networks }: AdviceValue,
  wanted: string,
  document: GraphDocument,
  into: ReturnType<typeof edgesInto>,
): GraphEndpoint | null {
  const wires = into.filter(({ to }) => to.port === 'models').map(({ from }) => from)
  const index = networks.findIndex(({ id }) => id === wanted)
  const source = networks[index]?.source
  const named = wires.find(({ node }) => nodeOf(document, node)?.params['source'] === source)
  const wired = named ?? (wires.length === networks.length ? wires[index] : undefined)
  return wired ?? endpointOf(document, 'load-backbone', 'source', source ?? null, 'model')
}

function endpointOf(
  { nodes }: GraphDocument,
  type: string,
  param: string,
  value: string | null,
  port: string,
): GraphEndpoint | null {
  const found = Object.entries(nodes).find(([, node]) => node.type === type && node.params[param] === value)
  return found === undefined || value === null ? null : { node: found[0], port }
}

/** The folder, for a graph that has nothing that reads the images yet. */
export function folderOf({ data }: AdviceValue): string {
  if (data.folder !== null) return data.folder
  throw new GraftError({
    code: 'advice-without-folder',
    message: `The images of "${data.name}" lie in no folder that a graph could read again.`,
    fix: 'Apply the advice to the graph that it came from.',
  })
}
