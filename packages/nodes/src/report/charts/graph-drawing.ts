import { nodeOf, topologicalOrder } from '@graft/graph-schema'
import type { GraphDocument } from '@graft/graph-schema'
import { nameOfSource, settingText, titleCase, words } from '../format.js'
import { html } from '../html.js'
import type { Html } from '../html.js'
import { layeredLayout } from './layered-layout.js'

const box = { width: 190, height: 56, columnGap: 22, rowGap: 34, margin: 4 }

/**
 * A graph as inline SVG, from top to bottom. Positions from the editor are not used: they may be anything, and a page
 * is narrow.
 */
export function graphDrawing(document: GraphDocument): Html {
  const nodes = Object.keys(document.nodes)
  const known = document.edges.filter(
    ({ from, to }) => nodeOf(document, from.node) !== undefined && nodeOf(document, to.node) !== undefined,
  )
  const { order } = topologicalOrder(document)
  const rank = new Map(order.map((id, index) => [id, index]))
  // Edges of a cycle have no place in rows; a graph that ran has none.
  const edges = known.filter(({ from, to }) => (rank.get(from.node) ?? Infinity) < (rank.get(to.node) ?? -1))
  const layout = layeredLayout({ nodes, edges: edges.map(({ from, to }) => [from.node, to.node]) })
  const width = layout.columns * (box.width + box.columnGap) - box.columnGap + 2 * box.margin
  const height = layout.rows * (box.height + box.rowGap) - box.rowGap + 2 * box.margin
  const description = known
    .map(
      ({ from, to }) =>
        `${titleOf(document, from.node)} (${words(from.port)}) to ${titleOf(document, to.node)} (${words(to.port)})`,
    )
    .join('; ')
  return html`<svg class="graph" viewBox="0 0 ${Math.ceil(width)} ${height}" width="${Math.ceil(width)}" height="${height}" role="img" aria-labelledby="graph-title graph-description">
<title id="graph-title">The graph: ${nodes.length} nodes, ${known.length} connections</title><desc id="graph-description">${description}.</desc>
${layout.routes.map((route, index) => html`<path class="edge" d="${curve(route)}"><title>${edges[index]?.from.port ?? ''} to ${edges[index]?.to.port ?? ''}</title></path>`)}
${nodes.map((id) => drawNode(document, id, layout.place.get(id) ?? { row: 0, column: 0 }))}
</svg>`
}

type Place = { readonly row: number; readonly column: number }

const left = ({ column }: Place): number => Math.round(box.margin + column * (box.width + box.columnGap))
const top = ({ row }: Place): number => box.margin + row * (box.height + box.rowGap)
const middle = (place: Place): number => left(place) + box.width / 2

/** From the bottom of one node to the top of the other, straight through the rows between. */
function curve(route: readonly Place[]): string {
  return route
    .slice(1)
    .map((place, index) => {
      const before = route[index] ?? place
      const [startY, endY] = [top(before) + box.height, top(place)]
      const start = index === 0 ? `M${middle(before)} ${startY}` : `V${startY}`
      const halfway = (startY + endY) / 2
      return `${start} C${middle(before)} ${halfway} ${middle(place)} ${halfway} ${middle(place)} ${endY}`
    })
    .join(' ')
}

function drawNode(document: GraphDocument, id: string, place: Place): Html {
  const node = nodeOf(document, id)
  const off = node?.muted === true ? ' (muted)' : node?.bypassed === true ? ' (bypassed)' : ''
  const settings = Object.entries(node?.params ?? {}).map(
    ([name, value]) => `${words(name)} ${settingText(typeof value === 'string' ? nameOfSource(value) : value)}`,
  )
  const type = titleCase(words(node?.type ?? ''))
  const detail =
    node?.title === undefined || node.title === type
      ? settings.join(', ')
      : `${type}${settings.length > 0 ? `: ${settings.join(', ')}` : ''}`
  return html`<g class="node${off === '' ? '' : ' off'}"><title>${titleOf(document, id)}${off} (${id}). ${settings.join(', ')}</title>
<rect x="${left(place)}" y="${top(place)}" width="${box.width}" height="${box.height}" rx="9"/>
<text class="node-title" x="${left(place) + 13}" y="${top(place) + (detail === '' ? 33 : 24)}">${clip(titleOf(document, id) + off, 24)}</text>
${detail !== '' && html`<text class="node-detail" x="${left(place) + 13}" y="${top(place) + 42}">${clip(detail, 27)}</text>`}</g>`
}

function titleOf(document: GraphDocument, id: string): string {
  const node = nodeOf(document, id)
  return node?.title ?? titleCase(words(node?.type ?? id))
}

const clip = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length - 1)}…` : text)
