import type { Box, Point } from '../../document/graph/geometry.js'
import type { WireEnds } from './bezier.js'
import { doTouch, indexBoxes } from './box-index.js'
import type { BoxIndex } from './box-index.js'
import { plainRoute, routeWire } from './route-wire.js'
import type { WireRoute } from './route-wire.js'

/** Keeps the routes of a canvas's wires, and works out anew only those that a change can have changed. */
export interface WireRouter {
  /** The same object as long as ends, points and the boxes around the route stay as they are. */
  readonly routeOf: (key: string, ends: WireEnds, lane: number, via?: readonly Point[]) => WireRoute
  /** Says where the cards are now. */
  readonly update: (boxes: ReadonlyMap<string, Box>) => void
  /** While things are dragged, wires that move with them are plain curves: no way round is looked for at each step. */
  readonly setDragging: (isDragging: boolean) => void
  readonly subscribe: (listener: () => void) => () => void
}

interface Kept {
  readonly ends: WireEnds
  readonly lane: number
  readonly via: readonly Point[]
  readonly route: WireRoute
  /** Drawn during a drag, to be worked out when it ends. */
  readonly isPlain: boolean
}

const none: readonly Point[] = []

export function createWireRouter(): WireRouter {
  const kept = new Map<string, Kept>()
  const listeners = new Set<() => void>()
  let boxes: ReadonlyMap<string, Box> = new Map()
  let index: BoxIndex = indexBoxes([])
  let isDragging = false

  const forget = (isOld: (wire: Kept) => boolean): void => {
    const before = kept.size
    for (const [key, wire] of kept) if (isOld(wire)) kept.delete(key)
    if (kept.size < before) for (const listener of listeners) listener()
  }
  return {
    routeOf: (key, ends, lane, via = none) => {
      const known = kept.get(key)
      if (known !== undefined && known.lane === lane && known.via === via && areSame(known.ends, ends))
        return known.route
      const route = isDragging ? plainRoute(ends, via) : routeWire(ends, lane, index, via)
      kept.set(key, { ends, lane, via, route, isPlain: isDragging })
      return route
    },
    update: (now) => {
      const changed = changedBoxes(boxes, now)
      boxes = now
      if (changed.length === 0) return
      index = indexBoxes(now.values())
      forget(({ route: { area } }) => area !== null && changed.some((box) => doTouch(box, area)))
    },
    setDragging: (now) => {
      isDragging = now
      if (!now) forget(({ isPlain }) => isPlain)
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

const areSame = (one: WireEnds, other: WireEnds): boolean =>
  one.sourceX === other.sourceX &&
  one.sourceY === other.sourceY &&
  one.targetX === other.targetX &&
  one.targetY === other.targetY

const isSameBox = (one: Box | undefined, other: Box): boolean =>
  one !== undefined &&
  one.x === other.x &&
  one.y === other.y &&
  one.width === other.width &&
  one.height === other.height

/** Where boxes were and are that came, went, moved or grew. */
function changedBoxes(before: ReadonlyMap<string, Box>, now: ReadonlyMap<string, Box>): readonly Box[] {
  const moved = [...now].flatMap(([id, box]) => {
    const last = before.get(id)
    return isSameBox(last, box) ? [] : last === undefined ? [box] : [last, box]
  })
  const gone = [...before].flatMap(([id, box]) => (now.has(id) ? [] : [box]))
  return [...moved, ...gone]
}
