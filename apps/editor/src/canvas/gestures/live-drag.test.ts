import { describe, expect, test } from 'vitest'
import { plainRoute } from '../routing/route-wire.js'
import { movedEnds, offsets, wiresAt } from './live-drag.js'

const ends = { sourceX: 0, sourceY: 10, targetX: 200, targetY: 50 }
const wire = (id: string, from: string, to: string): Parameters<typeof wiresAt>[0][number] => ({
  id,
  from: { node: from, port: 'out' },
  to: { node: to, port: 'in' },
})

describe('a drag that is painted without React', () => {
  test('a wire runs from where its node is now, not from where it was rendered', () => {
    const moved = offsets(new Map([['a', { x: 130, y: 40 }]]), () => ({ x: 100, y: 100 }))
    const now = movedEnds(ends, moved.get('a'), moved.get('b'))
    expect(now).toMatchObject({ sourceX: 30, sourceY: -50, targetX: 200, targetY: 50 })
    expect(plainRoute(now).path).toMatch(/^M30,-50 C.* 200,50$/)
  })

  test('a wire between two nodes that move together keeps its form', () => {
    const by = { x: 70, y: -20 }
    const now = movedEnds(ends, by, by)
    expect([now.targetX - now.sourceX, now.targetY - now.sourceY]).toEqual([200, 40])
  })

  test('what React has not rendered has no offset', () => {
    expect(offsets(new Map([['gone', { x: 1, y: 1 }]]), () => undefined).size).toBe(0)
  })

  test('only the wires at moved nodes are touched', () => {
    expect(
      wiresAt([wire('1', 'a', 'b'), wire('2', 'b', 'c'), wire('3', 'c', 'a')], new Map([['a', 1]])).map(({ id }) => id),
    ).toEqual(['1', '3'])
  })
})
