import { nodeOf, topologicalOrder } from '@graft/graph-schema'
import type { GraphDocument } from '@graft/graph-schema'
import { nameOfSource, settingText, titleCase, words } from '../format.js'
import { html } from '../html.js'
import type { Html } from '../html.js'
import { layeredLayout } from './layered-layout.js'
import { textWithin } from './text-within.js'

/** Left to right as in the editor, or downwards, for paper and narrow screens. */
export type GraphWay = 'across' | 'down'

/** Sizes of nodes, and the gaps between neighbours along the way and beside it. */
const sizes = {
  across: { width: 146, height: 56, along: 24, beside: 16 },
  down: { width: 190, height: 56, along: 34, beside: 22 },
} as const
const margin = 4
/** Between a node's edge and its words. */
const padding = 13
/** More steps than these are too wide for a page: their text would be too small to read. */
const mostAcross = 7

/**
 * A graph as inline SVG. Positions from the editor are not used: they may be anything, and a page is narrow. Null where
 * it has too many steps to be drawn across.
 */
export function graphDrawing(document: GraphDocument, way: GraphWay): Html | null {
  const nodes = Object.keys(document.nodes)
  const known = document.edges.filter(
    ({ from, to }) => nodeOf(document, from.node) !== undefined && nodeOf(document, to.node) !== undefined,
  )
  const { order } = topologicalOrder(document)
  const rank = new Map(order.map((id, index) => [id, index]))
  // Edges of a cycle have no place in rows; a graph that ran has none.
  const edges = known.filter(({ from, to }) => (rank.get(from.node) ?? Infinity) < (rank.get(to.node) ?? -1))
  const layout = layeredLayout({ nodes, edges: edges.map(({ from, to }) => [from.node, to.node]) })
  if (way === 'across' && layout.rows > mostAcross) return null
  const { width, height } = extent(layout, way)
  const description = known
    .map(
      ({ from, to }) =>
        `${titleOf(document, from.node)} (${words(from.port)}) to ${titleOf(document, to.node)} (${words(to.port)})`,
    )
    .join('; ')
  return html`<svg class="graph graph-${way}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="graph-${way}-title graph-${way}-description">
<title id="graph-${way}-title">The graph: ${nodes.length} nodes, ${known.length} connections</title><desc id="graph-${way}-description">${description}.</desc>
${layout.routes.map((route, index) => html`<path class="edge" d="${way === 'across' ? curveAcross(route) : curveDown(route)}"><title>${edges[index]?.from.port ?? ''} to ${edges[index]?.to.port ?? ''}</title></path>`)}
${nodes.map((id) => drawNode(document, id, layout.place.get(id) ?? { row: 0, column: 0 }, way))}
</svg>`
}

type Place = { readonly row: number; readonly column: number }

function extent(
  { rows, columns }: { readonly rows: number; readonly columns: number },
  way: GraphWay,
): { readonly width: number; readonly height: number } {
  const { width, height, along, beside } = sizes[way]
  const [wide, high] = way === 'across' ? [rows, columns] : [columns, rows]
  const [gapX, gapY] = way === 'across' ? [along, beside] : [beside, along]
  return {
    width: Math.ceil(wide * (width + gapX) - gapX + 2 * margin),
    height: Math.ceil(high * (height + gapY) - gapY + 2 * margin),
  }
}

/** Upper left corner of a node. */
function corner({ row, column }: Place, way: GraphWay): { readonly x: number; readonly y: number } {
  const { width, height, along, beside } = sizes[way]
  return way === 'across'
    ? { x: margin + row * (width + along), y: Math.round(margin + column * (height + beside)) }
    : { x: Math.round(margin + column * (width + beside)), y: margin + row * (height + along) }
}

/** From the bottom of one node to the top of the other, straight through the rows between. */
function curveDown(route: readonly Place[]): string {
  const middle = (place: Place): number => corner(place, 'down').x + sizes.down.width / 2
  const top = (place: Place): number => corner(place, 'down').y
  return route
    .slice(1)
    .map((place, index) => {
      const before = route[index] ?? place
      const [startY, endY] = [top(before) + sizes.down.height, top(place)]
      const start = index === 0 ? `M${middle(before)} ${startY}` : `V${startY}`
      const halfway = (startY + endY) / 2
      return `${start} C${middle(before)} ${halfway} ${middle(place)} ${halfway} ${middle(place)} ${endY}`
    })
    .join(' ')
}

/** From the right of one node to the left of the other. */
function curveAcross(route: readonly Place[]): string {
  const middle = (place: Place): number => corner(place, 'across').y + sizes.across.height / 2
  const left = (place: Place): number => corner(place, 'across').x
  return route
    .slice(1)
    .map((place, index) => {
      const before = route[index] ?? place
      const [startX, endX] = [left(before) + sizes.across.width, left(place)]
      const start = index === 0 ? `M${startX} ${middle(before)}` : `H${startX}`
      const halfway = (startX + endX) / 2
      return `${start} C${halfway} ${middle(before)} ${halfway} ${middle(place)} ${endX} ${middle(place)}`
    })
    .join(' ')
}

function drawNode(document: GraphDocument, id: string, place: Place, way: GraphWay): Html {
  const { width, height } = sizes[way]
  const room = width - 2 * padding
  const { x, y } = corner(place, way)
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
<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="9"/>
${textWithin(room, { words: titleOf(document, id) + off, kind: 'node-title', x: x + padding, y: y + (detail === '' ? 33 : 24) })}
${detail !== '' && textWithin(room, { words: detail, kind: 'node-detail', x: x + padding, y: y + 42 })}</g>`
}

function titleOf(document: GraphDocument, id: string): string {
  const node = nodeOf(document, id)
  return node?.title ?? titleCase(words(node?.type ?? id))
}
