import type { Box, Point } from '../../document/graph/geometry.js'
import { createHeap } from './heap.js'

/** A turn is worth a detour of this many canvas units: few corners read more easily than the shortest way. */
const turnCost = 40
/** Wires keep this far from boxes; less than the gap at which they run along them. */
const clearance = 6

/**
 * The way from one point to another along straight, upright and level lines, which crosses no box: the shortest, with
 * turns counted as length. It starts level, runs at `gap` from the boxes that it passes and stays in `area`. Null when
 * there is none.
 *
 * A* on the grid of all lines beside the boxes. Some line of every shortest way of this kind runs along a box, so
 * nothing is lost by looking at these only (Wybrow, Marriott and Stuckey: Orthogonal Connector Routing, 2009).
 */
export function findRoute(
  from: Point,
  to: Point,
  boxes: readonly Box[],
  gap: number,
  area: Box = everywhere,
): readonly Point[] | null {
  const xs = sorted([from.x, to.x, ...boxes.flatMap(({ x, width }) => [x - gap, x + width + gap])], area.x, area.width)
  const ys = sorted(
    [from.y, to.y, ...boxes.flatMap(({ y, height }) => [y - gap, y + height + gap])],
    area.y,
    area.height,
  )
  const width = xs.length
  const isBlocked = blockedSteps(xs, ys, boxes)
  const indexOf = (point: Point): number => ys.indexOf(point.y) * width + xs.indexOf(point.x)
  const goal = indexOf(to)
  const placeOf = (vertex: number): Point => ({ x: xs[vertex % width] ?? 0, y: ys[Math.floor(vertex / width)] ?? 0 })

  // A state is a vertex and the direction in which it was reached: level 0, upright 1.
  const start = indexOf(from) * 2
  const best = new Map<number, number>([[start, 0]])
  const before = new Map<number, number>()
  const open = createHeap()
  open.push(start, distance(from, to))
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    const vertex = state >> 1
    if (vertex === goal) return corners(wayTo(state, before).map((each) => placeOf(each >> 1)))
    const here = placeOf(vertex)
    const cost = best.get(state) ?? 0
    for (const [step, upright] of [
      [-1, 0],
      [1, 0],
      [-width, 1],
      [width, 1],
    ] as const) {
      const next = vertex + step
      if (isOutside(vertex, step, width, ys.length) || isBlocked(Math.min(vertex, next), upright)) continue
      const place = placeOf(next)
      const reached = next * 2 + upright
      const total = cost + distance(here, place) + (upright === (state & 1) ? 0 : turnCost)
      if (total >= (best.get(reached) ?? Infinity)) continue
      best.set(reached, total)
      before.set(reached, state)
      open.push(reached, total + distance(place, to))
    }
  }
  return null
}

const distance = (one: Point, other: Point): number => Math.abs(one.x - other.x) + Math.abs(one.y - other.y)
const everywhere: Box = { x: -1e9, y: -1e9, width: 2e9, height: 2e9 }
const sorted = (values: readonly number[], start: number, length: number): readonly number[] =>
  [...new Set(values)].filter((value) => value >= start && value <= start + length).sort((one, other) => one - other)

function isOutside(vertex: number, step: number, width: number, height: number): boolean {
  const column = vertex % width
  if (step === -1) return column === 0
  if (step === 1) return column === width - 1
  const next = vertex + step
  return next < 0 || next >= width * height
}

/** Whether the step from a vertex to the right (or, upright, down) would cross a box. */
function blockedSteps(
  xs: readonly number[],
  ys: readonly number[],
  boxes: readonly Box[],
): (vertex: number, upright: 0 | 1) => boolean {
  const blocked = [new Uint8Array(xs.length * ys.length), new Uint8Array(xs.length * ys.length)] as const
  for (const box of boxes) {
    const left = box.x - clearance
    const right = box.x + box.width + clearance
    const top = box.y - clearance
    const bottom = box.y + box.height + clearance
    for (let row = 0; row < ys.length; row++) {
      const y = ys[row] ?? 0
      const below = ys[row + 1] ?? y
      if (below <= top && y <= top) continue
      if (y >= bottom) break
      for (let column = 0; column < xs.length; column++) {
        const x = xs[column] ?? 0
        const beside = xs[column + 1] ?? x
        if (x >= right) break
        if (y > top && beside > left) blocked[0][row * xs.length + column] = 1
        if (x > left && below > top) blocked[1][row * xs.length + column] = 1
      }
    }
  }
  return (vertex, upright) => blocked[upright][vertex] === 1
}

function wayTo(state: number, before: ReadonlyMap<number, number>): readonly number[] {
  const way = [state]
  for (let last = before.get(state); last !== undefined; last = before.get(last)) way.push(last)
  return way.reverse()
}

/** The points at which a way turns, with both of its ends. */
export function corners(points: readonly Point[]): readonly Point[] {
  return points.filter((point, index) => {
    const last = points[index - 1]
    const next = points[index + 1]
    if (last === undefined || next === undefined) return true
    return !(last.x === point.x && point.x === next.x) && !(last.y === point.y && point.y === next.y)
  })
}
