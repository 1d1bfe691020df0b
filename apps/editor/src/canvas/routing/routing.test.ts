import { describe, expect, it } from 'vitest'
import type { Box, Point } from '../../document/graph/geometry.js'
import { bezierOf, hitsABox } from './bezier.js'
import { indexBoxes } from './box-index.js'
import { corners, findRoute } from './find-route.js'
import { createHeap } from './heap.js'
import { middleOf, roundedPath } from './rounded-path.js'
import { plainRoute, routeWire } from './route-wire.js'
import { createWireRouter } from './wire-router.js'

const card = (x: number, y: number, height = 100): Box => ({ x, y, width: 216, height })
const ends = (sourceX: number, sourceY: number, targetX: number, targetY: number) => ({
  sourceX,
  sourceY,
  targetX,
  targetY,
})

/** Whether a way of level and upright lines keeps clear of all boxes. */
const isClear = (points: readonly Point[], boxes: readonly Box[]): boolean =>
  points.slice(1).every((to, index) => {
    const from = points[index] ?? to
    return boxes.every(
      (box) =>
        Math.max(from.x, to.x) <= box.x ||
        Math.min(from.x, to.x) >= box.x + box.width ||
        Math.max(from.y, to.y) <= box.y ||
        Math.min(from.y, to.y) >= box.y + box.height,
    )
  })

/** Numbers between 0 and 1 that a seed decides (mulberry32). */
function numbersFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

describe('the way of a wire', () => {
  it('is the plain curve where nothing is in its way', () => {
    const free = ends(216, 50, 600, 80)
    expect(routeWire(free, 0, indexBoxes([card(0, 0), card(600, 30)]))).toEqual(plainRoute(free))
  })

  it('goes round a card that the curve would pass behind', () => {
    const boxes = [card(0, 0), card(300, 0), card(600, 0)]
    const wire = ends(216, 60, 600, 60)
    expect(hitsABox(bezierOf(wire), boxes)).toBe(true)
    const { path } = routeWire(wire, 0, indexBoxes(boxes))
    expect(path).toContain('Q')
    const found = findRoute({ x: 230, y: 60 }, { x: 586, y: 60 }, boxes, 14)
    expect(isClear(found ?? [], boxes)).toBe(true)
    // Below, which is nearer: 40 units to the lower edge, 60 to the upper.
    expect(found?.some(({ y }) => y === 114)).toBe(true)
  })

  it('leads back round both cards when the next one stands to the left', () => {
    const boxes = [card(600, 0), card(0, 300)]
    const { path } = routeWire(ends(816, 50, 0, 350), 1, indexBoxes(boxes))
    expect(path).toMatch(/^M816,50 L/)
    expect(path).toMatch(/L0,350$/)
  })

  it('runs beside a wire of another lane, not on it', () => {
    const boxes = indexBoxes([card(300, 0)])
    const wire = ends(216, 60, 600, 60)
    expect(routeWire(wire, 0, boxes).path).not.toBe(routeWire(wire, 1, boxes).path)
  })

  it('keeps clear of the other cards when one lies on its end', () => {
    const boxes = indexBoxes([card(0, 0), card(200, 0), card(500, 0)])
    expect(routeWire(ends(216, 50, 800, 50), 0, boxes).path).toContain('Q')
  })

  it('stays the plain curve when its end is walled in', () => {
    const boxes = indexBoxes([
      card(0, 0),
      card(238, -200, 500),
      { x: -100, y: -220, width: 560, height: 20 },
      { x: -100, y: 280, width: 560, height: 20 },
      { x: -100, y: -200, width: 20, height: 480 },
    ])
    const wire = ends(216, 50, 900, 50)
    expect(routeWire(wire, 0, boxes)).toEqual(plainRoute(wire))
  })

  it('crosses no card, wherever cards stand', () => {
    const seed = 20261129
    console.log(`seed ${seed}`)
    const random = numbersFrom(seed)
    let found = 0
    for (let trial = 0; trial < 60; trial++) {
      const boxes = Array.from({ length: 25 }, () => card(random() * 3000, random() * 1500, 80 + random() * 120))
      const from = { x: random() * 3000, y: random() * 1500 }
      const to = { x: random() * 3000, y: random() * 1500 }
      const way = findRoute(from, to, boxes, 14)
      if (way === null) continue
      found++
      expect(isClear(way, boxes)).toBe(true)
      expect([way[0], way.at(-1)]).toEqual([from, to])
    }
    expect(found).toBeGreaterThan(30)
  })
})

describe('the router of a canvas', () => {
  it('works out anew only the wires that a moved card can have changed', () => {
    const router = createWireRouter()
    const far = ends(5000, 5000, 5300, 5000)
    const near = ends(216, 60, 600, 60)
    router.update(new Map([['a', card(0, 0)]]))
    const before = [router.routeOf('near', near, 0), router.routeOf('far', far, 0)]
    let told = 0
    router.subscribe(() => told++)
    router.update(
      new Map([
        ['a', card(0, 0)],
        ['b', card(300, 0)],
      ]),
    )
    expect(told).toBe(1)
    expect(router.routeOf('near', near, 0)).not.toBe(before[0])
    expect(router.routeOf('far', far, 0)).toBe(before[1])
    router.update(new Map([['a', card(0, 0)]]))
    expect(router.routeOf('near', near, 0)).toEqual(before[0])
  })

  it('draws plain curves during a drag and finds the way when it ends', () => {
    const router = createWireRouter()
    router.update(new Map([['b', card(300, 0)]]))
    const wire = ends(216, 60, 600, 60)
    router.setDragging(true)
    expect(router.routeOf('w', wire, 0)).toEqual(plainRoute(wire))
    expect(router.routeOf('w', wire, 0)).toBe(router.routeOf('w', wire, 0))
    router.setDragging(false)
    expect(router.routeOf('w', wire, 0).path).toContain('Q')
  })
})

describe('its parts', () => {
  it('gives the smallest rank first', () => {
    const heap = createHeap()
    const ranks = [5, 3, 8, 1, 9, 2, 7, 2]
    ranks.forEach((rank, item) => heap.push(item, rank))
    const order = ranks.map(() => ranks[heap.pop() ?? -1])
    expect(order).toEqual([1, 2, 2, 3, 5, 7, 8, 9])
    expect(heap.pop()).toBeUndefined()
  })

  it('keeps the corners of a way and rounds them', () => {
    const way = corners([
      { x: 0, y: 0 },
      { x: 50, y: 0 },
      { x: 100, y: 0 },
      { x: 100, y: 80 },
    ])
    expect(way).toHaveLength(3)
    expect(roundedPath(way)).toBe('M0,0 L84,0 Q100,0 100,16 L100,80')
    expect(middleOf(way)).toEqual({ x: 90, y: 0 })
  })
})
