import { describe, expect, it } from 'vitest'
import { emptyDocument } from '@graft/graph-schema'
import { graphDrawing } from './graph-drawing.js'
import { layeredLayout } from './layered-layout.js'
import { textWithin, widthOf } from './text-within.js'
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

describe('the drawing of a graph', () => {
  const chain = (length: number) => ({
    ...emptyDocument('chain'),
    nodes: Object.fromEntries(
      Array.from({ length }, (_, index) => [`n${index}`, { type: 'augment', version: 1, params: {} }]),
    ),
    edges: Array.from({ length: length - 1 }, (_, index) => ({
      from: { node: `n${index}`, port: 'images' },
      to: { node: `n${index + 1}`, port: 'images' },
    })),
  })
  const corners = (svg: string): readonly (readonly [number, number])[] =>
    [...svg.matchAll(/<rect x="(\d+)" y="(\d+)"/g)].map(([, x, y]) => [Number(x), Number(y)])

  it('leads from left to right, or downwards, inside its frame', () => {
    for (const way of ['across', 'down'] as const) {
      const svg = String(graphDrawing(chain(5), way))
      const [, width = 0, height = 0] = (/viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? []).map(Number)
      const places = corners(svg)
      expect(places).toHaveLength(5)
      places.slice(1).forEach(([x, y], index) => {
        const [beforeX, beforeY] = places[index] ?? [0, 0]
        if (way === 'across') expect([x > beforeX + 146, y]).toEqual([true, beforeY])
        else expect([x, y > beforeY + 56]).toEqual([beforeX, true])
      })
      expect(width).toBeGreaterThan(Math.max(...places.map(([x]) => x)))
      expect(height).toBeGreaterThan(Math.max(...places.map(([, y]) => y)))
      expect(svg.match(/class="edge"/g)).toHaveLength(4)
    }
  })

  it('is only downwards where a page is too narrow for all steps', () => {
    expect(graphDrawing(chain(7), 'across')).not.toBeNull()
    expect(graphDrawing(chain(8), 'across')).toBeNull()
    expect(graphDrawing(chain(8), 'down')).not.toBeNull()
  })
})

describe('text within a box', () => {
  it.each(['node-title', 'node-detail'] as const)('stays in it in the widest font, whatever it says (%s)', (kind) => {
    for (const words of [
      'Train',
      'Scenario Advisor',
      'WWWWWWWWWWWWWWWWWWWWWWWW',
      'iiii'.repeat(20),
      '模型'.repeat(20),
    ]) {
      const svg = String(textWithin(120, { words, kind, x: 0, y: 0 }))
      const shown = />(.*)</.exec(svg)?.[1] ?? ''
      expect(shown).not.toBe('')
      // What may be wider than the box is told how long it is, and is not narrowed by more than a seventh.
      if (widthOf(shown, kind) > 120) expect(svg).toContain('textLength="120"')
      else expect(svg).not.toContain('textLength')
      expect(widthOf(shown, kind)).toBeLessThanOrEqual(120 / 0.85)
      expect(shown === words || shown.endsWith('…')).toBe(true)
    }
  })
})

describe('ticks', () => {
  it('are round and cover the range', () => {
    expect(niceTicks(0.13, 0.92)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
    expect(niceTicks(3, 3).length).toBeGreaterThanOrEqual(2)
    expect(wholeTicks(0, 14)).toEqual([0, 5, 10])
  })
})
