import type { GraphEdge } from '@graft/graph-schema'
import type { Box, Point } from '../document/graph/geometry.js'

/**
 * As much of ELK's JSON as is used; see
 * https://eclipse.dev/elk/documentation/tooldevelopers/graphdatastructure/jsonformat.html
 */
export interface ElkGraph {
  readonly id: string
  readonly layoutOptions: Readonly<Record<string, string>>
  readonly children: readonly ElkChild[]
  readonly edges: readonly {
    readonly id: string
    readonly sources: readonly string[]
    readonly targets: readonly string[]
  }[]
}

interface ElkChild {
  readonly id: string
  readonly width: number
  readonly height: number
  readonly layoutOptions: Readonly<Record<string, string>>
  readonly ports: readonly {
    readonly id: string
    readonly width: number
    readonly height: number
    readonly layoutOptions: Readonly<Record<string, string>>
  }[]
}

const options = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.spacing.nodeNode': '40',
  'elk.spacing.edgeNode': '26',
  'elk.spacing.edgeEdge': '14',
  'elk.layered.spacing.nodeNodeBetweenLayers': '70',
  'elk.spacing.componentComponent': '80',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
}

/** In several rows, as text is, so that the whole has about the shape of a window. */
const inRows = { 'elk.layered.wrapping.strategy': 'MULTI_EDGE', 'elk.aspectRatio': '1.7' }

/** The same graph, to be laid out in rows. */
export const wrapped = (graph: ElkGraph): ElkGraph => ({
  ...graph,
  layoutOptions: { ...graph.layoutOptions, ...inRows },
})

/** The chosen nodes as ELK wants them: ports keep their order, so that wires cross as little as they can. */
export function toElkGraph(
  document: { readonly edges: readonly GraphEdge[] },
  boxes: ReadonlyMap<string, Box>,
  ports: (id: string) => { readonly inputs: readonly string[]; readonly outputs: readonly string[] },
): ElkGraph {
  const children = [...boxes].map(([id, { width, height }]): ElkChild => {
    const { inputs, outputs } = ports(id)
    // ELK counts ports clockwise from the upper left: down the east side, up the west side.
    const east = outputs.map((port, index) => portOf(`${id}|out|${port}`, 'EAST', index))
    const west = [...inputs].reverse().map((port, index) => portOf(`${id}|in|${port}`, 'WEST', outputs.length + index))
    return { id, width, height, layoutOptions: { 'elk.portConstraints': 'FIXED_ORDER' }, ports: [...east, ...west] }
  })
  const edges = document.edges
    .filter(({ from, to }) => boxes.has(from.node) && boxes.has(to.node))
    .map(({ from, to }, index) => ({
      id: `edge-${index}`,
      sources: [`${from.node}|out|${from.port}`],
      targets: [`${to.node}|in|${to.port}`],
    }))
  return { id: 'root', layoutOptions: options, children, edges }
}

function portOf(id: string, side: string, index: number): ElkChild['ports'][number] {
  return { id, width: 1, height: 1, layoutOptions: { 'elk.port.side': side, 'elk.port.index': String(index) } }
}

/** Places from ELK's answer, moved so that the group keeps its upper left corner. */
export function fromElk(children: readonly Placed[], corner: Point): ReadonlyMap<string, Point> {
  const left = Math.min(...children.map(({ x = 0 }) => x))
  const top = Math.min(...children.map(({ y = 0 }) => y))
  return new Map(children.map(({ id, x = 0, y = 0 }) => [id, { x: x - left + corner.x, y: y - top + corner.y }]))
}

export interface Placed {
  readonly id: string
  readonly x?: number
  readonly y?: number
}
