import { GraftError } from '@graft/errors'
import { emptyDocument, nodeOf } from '../document.js'
import type { GraphDocument, GraphEdge, GraphNode } from '../document.js'
import { type AdviceCandidate, type AdviceValue, candidateOf } from '../values/advice/index.js'
import { advisedPart, type AdvisedNode, type AdvisedPart } from './advised-nodes.js'
import { findFeeds, folderOf } from './feeds.js'

/** With this the notes of nodes begin that advice put into a graph. */
export const adviceNote = 'From the Scenario Advisor:'

export interface ApplyOptions {
  /** Another candidate than the recommended one. */
  readonly candidate?: string
}

/**
 * The graph that does what the advice says: an ordinary one, whose nodes say in their notes where they come from. Given
 * a document, its images and networks are used where the advisor (or the same folder or source) is found in it, all
 * else of it stays, and nodes of an earlier application are replaced. Throws GraftError when the advice recommends
 * nothing.
 *
 * @example
 * const mine = applyAdvice(advice, null)                                  // a new graph
 * const next = applyAdvice(advice, document, { candidate: 'mobilenet/last' })   // another row of the table
 */
export function applyAdvice(
  advice: AdviceValue,
  document: GraphDocument | null,
  options: ApplyOptions = {},
): GraphDocument {
  const candidate = chosen(advice, options)
  const base = document ?? { ...emptyDocument(`${advice.data.name}, as advised`), description: describe(candidate) }
  const feeds = findFeeds(advice, candidate, base)
  const part = withFeeds(advice, candidate, advisedPart(candidate), feeds)
  const ids = idsOf(part, base, feeds)
  const idOf = (name: string): string => ids.get(name) ?? name
  const again = new Set([...ids.values()].filter((id) => id !== feeds.split))
  const kept = withoutAdvised(base, again, feeds)
  const added = Object.entries(part.nodes).map(([name, node]) => [idOf(name), nodeFrom(node)] as const)
  const origin = originOf(kept)
  return {
    ...kept,
    nodes: { ...kept.nodes, ...Object.fromEntries(added) },
    edges: [...kept.edges, ...part.wires.map((wire) => edgeOf(wire, idOf, feeds))],
    layout: {
      ...kept.layout,
      positions: {
        ...kept.layout.positions,
        ...Object.fromEntries(
          Object.entries(part.nodes).map(([name, { place }]) => [idOf(name), at(origin, place)] as const),
        ),
      },
      notes: [
        ...kept.layout.notes,
        { x: origin.x, y: origin.y - 150, width: 620, height: 110, text: noteText(advice, candidate) },
      ],
    },
  }
}

const spacing = { x: 270, y: 180 }

const at = (origin: { readonly x: number; readonly y: number }, [column, row]: AdvisedNode['place']) => ({
  x: origin.x + column * spacing.x,
  y: origin.y + row * spacing.y,
})

function chosen(advice: AdviceValue, options: ApplyOptions): AdviceCandidate {
  const wanted = options.candidate ?? advice.recommendation.candidate
  const candidate = candidateOf(advice, wanted)
  if (candidate !== undefined) return candidate
  throw new GraftError({
    code: 'advice-without-recommendation',
    message:
      wanted === null
        ? `The advice on "${advice.data.name}" recommends nothing that could be applied: ${advice.recommendation.words}`
        : `The advice on "${advice.data.name}" has no candidate "${wanted}".`,
    fix: wanted === null ? 'Do what it says first, and ask again.' : 'Choose one of its candidates.',
  })
}

const describe = ({ title, basis }: AdviceCandidate): string => `${title}. ${basis}`

function noteText(advice: AdviceValue, candidate: AdviceCandidate): string {
  const { recommendation } = advice
  return `${adviceNote} ${candidate.id === recommendation.candidate ? recommendation.words : describe(candidate)}`
}

const nodeFrom = ({ type, title, params, why }: AdvisedNode): GraphNode => ({
  type,
  version: 1,
  params,
  ...(title !== undefined && { title }),
  note: `${adviceNote} ${why}`,
})

/** Images and network where the document has none of its own, and no second Split where it has one. */
function withFeeds(
  advice: AdviceValue,
  candidate: AdviceCandidate,
  part: AdvisedPart,
  { images, model, split }: ReturnType<typeof findFeeds>,
): AdvisedPart {
  const { split: own, ...rest } = part.nodes
  const source = advice.networks.find(({ id }) => id === candidate.network)?.source ?? candidate.network
  return {
    nodes: {
      ...(images === null && {
        images: {
          type: 'image-folder',
          params: { path: folderOf(advice) },
          why: 'The images that were looked at.',
          place: [0, 1] as const,
        },
      }),
      ...(split === null && own !== undefined && { split: own }),
      ...(model === null && {
        backbone: {
          type: 'load-backbone',
          params: { source },
          why: candidate.basis,
          place: [0, 0] as const,
        },
      }),
      ...rest,
    },
    wires: split === null ? part.wires : part.wires.filter(([, to]) => to !== 'split.images'),
  }
}

/** The names as they are; where a node of the person's own has one, `advised-` in front. */
function idsOf(
  { nodes }: AdvisedPart,
  document: GraphDocument,
  { split }: ReturnType<typeof findFeeds>,
): ReadonlyMap<string, string> {
  const free = (id: string): boolean => {
    const node = nodeOf(document, id)
    return node === undefined || isAdvised(node)
  }
  const ids = new Map(split === null ? [] : [['split', split]])
  for (const name of Object.keys(nodes)) {
    let id = name
    for (let count = 1; !free(id); count++) id = count === 1 ? `advised-${name}` : `advised-${name}-${count}`
    ids.set(name, id)
  }
  return ids
}

const isAdvised = ({ note }: GraphNode): boolean => note?.startsWith(adviceNote) === true

/**
 * The document without what an earlier application put there, but for the nodes that the new one starts from. Wires from
 * nodes that are there again to nodes of the person's own stay.
 */
function withoutAdvised(
  document: GraphDocument,
  again: ReadonlySet<string>,
  { images, model, split }: ReturnType<typeof findFeeds>,
): GraphDocument {
  const feeds = [images?.node, model?.node, split]
  const leaves = (id: string): boolean => {
    const node = nodeOf(document, id)
    return node !== undefined && isAdvised(node) && !feeds.includes(id)
  }
  const nodes = Object.fromEntries(Object.entries(document.nodes).filter(([id]) => !leaves(id)))
  const { positions, notes } = document.layout
  return {
    ...document,
    nodes,
    edges: document.edges.filter(
      ({ from, to }) => !leaves(to.node) && !again.has(to.node) && (!leaves(from.node) || again.has(from.node)),
    ),
    layout: {
      ...document.layout,
      positions: Object.fromEntries(Object.entries(positions).filter(([id]) => !leaves(id))),
      notes: notes.filter(({ text }) => !text.startsWith(adviceNote)),
    },
  }
}

function edgeOf(
  [from, to]: readonly [string, string],
  idOf: (name: string) => string,
  feeds: ReturnType<typeof findFeeds>,
): GraphEdge {
  const given = { images: feeds.images, backbone: feeds.model }
  const [node = '', port = ''] = from.split('.')
  const [target = '', targetPort = ''] = to.split('.')
  const feed = node === 'images' || node === 'backbone' ? given[node] : null
  return { from: feed ?? { node: idOf(node), port }, to: { node: idOf(target), port: targetPort } }
}

/** Where the grid of new nodes begins: below all that is there. */
function originOf({ layout: { positions } }: GraphDocument): { readonly x: number; readonly y: number } {
  const places = Object.values(positions)
  if (places.length === 0) return { x: 0, y: 0 }
  return { x: Math.min(...places.map(({ x }) => x)), y: Math.max(...places.map(({ y }) => y)) + 420 }
}
