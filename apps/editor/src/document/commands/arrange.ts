import { edgeKey } from '@graft/graph-schema'
import type { GraphDocument } from '@graft/graph-schema'
import type { Box, Point } from '../graph/geometry.js'
import { positionOf, snap } from '../graph/geometry.js'
import { edit, sequence } from './command.js'
import type { Command } from './command.js'
import { namesOf } from './nodes.js'
import { carryPoints, straighten } from './wire-points.js'

/** What a drag moves: nodes by id, frames and notes by their place in the list. */
export interface Moves {
  readonly nodes?: ReadonlyMap<string, Point>
  readonly frames?: ReadonlyMap<number, Point>
  readonly notes?: ReadonlyMap<number, Point>
}

/** Puts things elsewhere. With `coalesce`, moves in a row are one undo step (arrow keys). */
export function move(document: GraphDocument, moves: Moves, coalesce?: string): Command {
  const ids = [...(moves.nodes?.keys() ?? [])]
  const label = ids.length > 0 ? `Moved ${namesOf(document, ids)}` : 'Moved'
  return edit(
    label,
    (draft) => {
      carryPoints(draft, (id) => {
        const to = moves.nodes?.get(id)
        const from = positionOf(document, id)
        return to === undefined ? undefined : { x: round(to.x) - from.x, y: round(to.y) - from.y }
      })
      for (const [id, { x, y }] of moves.nodes ?? [])
        if (Object.hasOwn(draft.nodes, id)) draft.layout.positions[id] = { x: round(x), y: round(y) }
      for (const [index, { x, y }] of moves.frames ?? [])
        Object.assign(draft.layout.frames[index] ?? {}, { x: round(x), y: round(y) })
      for (const [index, { x, y }] of moves.notes ?? [])
        Object.assign(draft.layout.notes[index] ?? {}, { x: round(x), y: round(y) })
    },
    coalesce === undefined ? {} : { coalesce },
  )
}

export type Edge = 'left' | 'right' | 'top' | 'bottom' | 'centre' | 'middle'

/** Lines boxes up at the outermost edge, or along the centre line of all. */
export function align(document: GraphDocument, boxes: ReadonlyMap<string, Box>, edge: Edge): Command {
  const list = [...boxes.values()]
  const left = Math.min(...list.map(({ x }) => x))
  const right = Math.max(...list.map(({ x, width }) => x + width))
  const top = Math.min(...list.map(({ y }) => y))
  const bottom = Math.max(...list.map(({ y, height }) => y + height))
  const place = (box: Box): Point => {
    switch (edge) {
      case 'left':
        return { x: left, y: box.y }
      case 'right':
        return { x: right - box.width, y: box.y }
      case 'centre':
        return { x: (left + right - box.width) / 2, y: box.y }
      case 'top':
        return { x: box.x, y: top }
      case 'bottom':
        return { x: box.x, y: bottom - box.height }
      case 'middle':
        return { x: box.x, y: (top + bottom - box.height) / 2 }
    }
  }
  return {
    ...move(document, { nodes: new Map([...boxes].map(([id, box]) => [id, place(box)])) }),
    label: `Aligned ${boxes.size} nodes (${edge})`,
  }
}

/** Makes the gaps between boxes equal; the outermost two stay. */
export function distribute(document: GraphDocument, boxes: ReadonlyMap<string, Box>, axis: 'x' | 'y'): Command {
  const length = axis === 'x' ? 'width' : 'height'
  const sorted = [...boxes].sort(([, left], [, right]) => left[axis] - right[axis])
  const first = sorted[0]?.[1]
  const last = sorted.at(-1)?.[1]
  const nodes = new Map<string, Point>()
  if (first !== undefined && last !== undefined && sorted.length > 2) {
    const used = sorted.reduce((total, [, box]) => total + box[length], 0)
    const gap = (last[axis] + last[length] - first[axis] - used) / (sorted.length - 1)
    let next = first[axis]
    for (const [id, box] of sorted) {
      nodes.set(id, { x: box.x, y: box.y, [axis]: next })
      next += box[length] + gap
    }
  }
  return {
    ...move(document, { nodes }),
    label: `Distributed ${boxes.size} nodes ${axis === 'x' ? 'horizontally' : 'vertically'}`,
  }
}

/** Where the automatic layout puts everything. */
export function tidy(document: GraphDocument, positions: ReadonlyMap<string, Point>): Command {
  const nodes = new Map([...positions].map(([id, { x, y }]) => [id, { x: snap(x), y: snap(y) }]))
  const moved = move(document, { nodes })
  // Points were set for where things stood before.
  const wires = document.edges.filter(({ from, to }) => nodes.has(from.node) && nodes.has(to.node)).map(edgeKey)
  return sequence('Tidied up the graph', [moved, straighten(wires)])
}

/** Whole canvas units: a file shouldn't hold 104.33333333. */
const round = (value: number): number => Math.round(value)
