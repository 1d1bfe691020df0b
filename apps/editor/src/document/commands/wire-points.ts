import { edgeKey, prunedLayout } from '@graft/graph-schema'
import type { GraphDocument, GraphEdge } from '@graft/graph-schema'
import { castDraft, type Draft } from 'immer'
import { snap } from '../graph/geometry.js'
import type { Point } from '../graph/geometry.js'
import { edit } from './command.js'
import type { Command } from './command.js'

const most = 64
const noPoints: readonly Point[] = []

/** The points that a wire leads through, from its beginning; none: it finds its own way. */
export const pointsOf = ({ layout }: Pick<GraphDocument, 'layout'>, key: string): readonly Point[] =>
  (layout.wires !== undefined && Object.hasOwn(layout.wires, key) ? layout.wires[key] : undefined) ?? noPoints

/** Lets a wire lead through one more point, as the `index`-th. */
export function addPoint(key: string, index: number, point: Point): Command {
  return edit('Added a point to the wire', (draft) => {
    const points = [...pointsOf(draft, key)]
    if (points.length < most) setPoints(draft, key, points.toSpliced(index, 0, onGrid(point)))
  })
}

/** Moves a point. Moves in a row are one undo step. */
export function movePoint(key: string, index: number, point: Point): Command {
  return edit(
    'Moved a point of the wire',
    (draft) => {
      if (index < pointsOf(draft, key).length) setPoints(draft, key, pointsOf(draft, key).with(index, onGrid(point)))
    },
    { coalesce: `wire-point:${key}:${index}` },
  )
}

export function removePoint(key: string, index: number): Command {
  return edit('Removed a point of the wire', (draft) => setPoints(draft, key, pointsOf(draft, key).toSpliced(index, 1)))
}

/** Lets wires find their own way again. */
export function straighten(keys: readonly string[]): Command {
  return edit(keys.length === 1 ? 'Straightened the wire' : `Straightened ${keys.length} wires`, (draft) => {
    for (const key of keys) setPoints(draft, key, noPoints)
  })
}

/** Where among its points a wire gets a new one: on the leg that is nearest. */
export function placeAmong(ends: readonly [Point, Point], points: readonly Point[], point: Point): number {
  const way = [ends[0], ...points, ends[1]]
  const distances = way.slice(1).map((to, index) => distanceToLeg(point, way[index] ?? to, to))
  return distances.indexOf(Math.min(...distances))
}

/** Points of wires both of whose ends are moved as far move along. */
export function carryPoints(draft: Draft<GraphDocument>, offsetOf: (node: string) => Point | undefined): void {
  if (draft.layout.wires === undefined) return
  for (const edge of draft.edges) {
    const by = offsetOf(edge.from.node)
    const other = offsetOf(edge.to.node)
    const points = pointsOf(draft, edgeKey(edge as GraphEdge))
    if (by === undefined || points.length === 0 || by.x !== other?.x || by.y !== other.y) continue
    setPoints(
      draft,
      edgeKey(edge as GraphEdge),
      points.map(({ x, y }) => ({ x: x + by.x, y: y + by.y })),
    )
  }
}

/** Forgets how things are drawn that are gone. Called after wires or nodes were taken away. */
export function pruneLayout(draft: Draft<GraphDocument>): void {
  draft.layout = castDraft(prunedLayout(draft as GraphDocument))
}

export function setPoints(draft: Draft<GraphDocument>, key: string, points: readonly Point[]): void {
  const wires = { ...draft.layout.wires }
  if (points.length > 0) wires[key] = points.map(({ x, y }) => ({ x, y }))
  else delete wires[key]
  if (Object.keys(wires).length > 0) draft.layout.wires = wires
  else delete draft.layout.wires
}

const onGrid = ({ x, y }: Point): Point => ({ x: snap(x), y: snap(y) })

function distanceToLeg({ x, y }: Point, from: Point, to: Point): number {
  const length = (to.x - from.x) ** 2 + (to.y - from.y) ** 2
  const share = length === 0 ? 0 : ((x - from.x) * (to.x - from.x) + (y - from.y) * (to.y - from.y)) / length
  const along = Math.max(0, Math.min(1, share))
  return Math.hypot(x - from.x - along * (to.x - from.x), y - from.y - along * (to.y - from.y))
}
