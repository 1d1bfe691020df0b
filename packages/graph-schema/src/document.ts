import { z } from 'zod'

/** Every document says what it is, so that any other JSON file is recognised as such. */
export const documentFormat = 'graft-graph'

/**
 * A letter first: an id such as `12` would change its place in the file when JSON is read, and `__proto__` is no id.
 */
export const nodeIdPattern = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/

const endpoint = z.object({ node: z.string().min(1), port: z.string().min(1) })
const place = { x: z.number(), y: z.number() }
const sizeOptional = { width: z.number().positive().optional(), height: z.number().positive().optional() }

const nodeSchema = z.object({
  type: z.string().min(1).max(200),
  version: z.int().min(1),
  params: z.record(z.string(), z.unknown()).default({}),
  /** A person's own name for this node; absent: the type's title. */
  title: z.string().max(200).optional(),
  /** Why it is here and set so, in words; what advice puts into a graph says so here. */
  note: z.string().max(2000).optional(),
  /** Doesn't run, and neither does what needs it. */
  muted: z.boolean().optional(),
  /** Acts as a wire: each output gives the first input of the same kind. */
  bypassed: z.boolean().optional(),
})

const edgeSchema = z.object({ id: z.string().min(1).optional(), from: endpoint, to: endpoint })

/** Where things stand on the canvas; never affects execution. */
const layoutSchema = z.object({
  positions: z.record(z.string(), z.object(place)).default({}),
  frames: z
    .array(
      z.object({
        ...place,
        width: z.number().positive(),
        height: z.number().positive(),
        title: z.string(),
        color: z.string().optional(),
      }),
    )
    .default([]),
  notes: z.array(z.object({ ...place, ...sizeOptional, text: z.string() })).default([]),
  /** Points that wires lead through, by the wire's key (`edgeKey`). */
  wires: z.record(z.string(), z.array(z.object(place)).max(64)).optional(),
  /** How nodes are drawn, by their ids. A collapsed one shows its title only; colours are named, as those of frames. */
  cards: z
    .record(z.string(), z.object({ collapsed: z.boolean().optional(), color: z.string().max(40).optional() }))
    .optional(),
  /**
   * Nodes that are shown as one. The pipeline itself is flat: a node is in one group at most, and a group may say which
   * one it is in itself (`parent`). Parents that aren't there, or in a circle, count as none.
   */
  groups: z
    .record(
      z.string().regex(nodeIdPattern),
      z.object({
        title: z.string().max(200),
        nodes: z.array(z.string()),
        closed: z.boolean().optional(),
        parent: z.string().optional(),
      }),
    )
    .optional(),
})

/** A pipeline as stored in `*.graft.json`. Fields that are not listed here are kept as they are. */
export const documentSchema = z.object({
  format: z.literal(documentFormat),
  version: z.literal(1),
  name: z.string().max(200).default('Untitled'),
  description: z.string().default(''),
  nodes: z
    .record(z.string().regex(nodeIdPattern, 'Node ids are a letter, then up to 63 letters, digits, - or _'), nodeSchema)
    .default({}),
  edges: z.array(edgeSchema).default([]),
  layout: layoutSchema.prefault({}),
  /** Plugins that this document needs: name -> version range. */
  requires: z.record(z.string(), z.string()).optional(),
})

export type GraphDocument = z.output<typeof documentSchema>
export type GraphNode = z.output<typeof nodeSchema>
export type GraphEdge = z.output<typeof edgeSchema>
export type GraphEndpoint = z.output<typeof endpoint>
export type GraphLayout = z.output<typeof layoutSchema>

/** A new document with nothing in it. */
export function emptyDocument(name = 'Untitled'): GraphDocument {
  return {
    format: documentFormat,
    version: 1,
    name,
    description: '',
    nodes: {},
    edges: [],
    layout: { positions: {}, frames: [], notes: [] },
  }
}

/**
 * The node with this id, or undefined. Unlike `nodes[id]` it never answers with what every object inherits, such as
 * `constructor`.
 */
export function nodeOf(document: Pick<GraphDocument, 'nodes'>, id: string): GraphNode | undefined {
  return Object.hasOwn(document.nodes, id) ? document.nodes[id] : undefined
}

/** Names an edge in problems and events: its id, or both of its ends. */
export function edgeKey(edge: GraphEdge): string {
  return edge.id ?? `${edge.from.node}.${edge.from.port} -> ${edge.to.node}.${edge.to.port}`
}
