import { describe, expect, it } from 'vitest'
import { layeredLayout } from './layered-layout.js'
import { niceTicks, wholeTicks } from './ticks.js'

describe('layeredLayout', () => {
  it('puts each node below what it needs and never two in one place', () => {
    const edges = [
      ['a', 'b'],
      ['a', 'c'],
      ['b', 'd'],
      ['c', 'd'],
      ['a', 'd'],
      ['e', 'd'],
    ] as const
    const { place, rows } = layeredLayout({ nodes: ['a', 'b', 'c', 'd', 'e'], edges })
    for (const [from, to] of edges) expect(place.get(from)?.row).toBeLessThan(place.get(to)?.row ?? -1)
    expect(rows).toBe(3)
    const places = [...place.values()]
    places.forEach((one, index) =>
      places.slice(index + 1).forEach((other) => {
        if (one.row === other.row) expect(Math.abs(one.column - other.column)).toBeGreaterThanOrEqual(0.999)
      }),
    )
    expect(place.get('e')?.row).toBe(1)
  })

  it('leads an edge that skips rows around the nodes between', () => {
    const { routes, place } = layeredLayout({
      nodes: ['a', 'b', 'c'],
      edges: [
        ['a', 'b'],
        ['b', 'c'],
        ['a', 'c'],
      ],
    })
    expect(routes[2]).toHaveLength(3)
    expect(Math.abs((routes[2]?.[1]?.column ?? 0) - (place.get('b')?.column ?? 0))).toBeGreaterThanOrEqual(0.64)
  })

  it('takes an empty graph', () => {
    expect(layeredLayout({ nodes: [], edges: [] }).place.size).toBe(0)
  })
})

describe('ticks', () => {
  it('are round and cover the range', () => {
    expect(niceTicks(0.13, 0.92)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
    expect(niceTicks(3, 3).length).toBeGreaterThanOrEqual(2)
    expect(wholeTicks(0, 14)).toEqual([0, 5, 10])
  })
})
