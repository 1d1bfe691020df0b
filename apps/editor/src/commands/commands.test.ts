import { describe, expect, it } from 'vitest'
import { testGraph } from '../document/graph/test-graph.js'
import { neighbour, readingOrder, step } from './lists/neighbours.js'
import { keysOf, matches } from './keys/shortcuts.js'
import type { KeyPress } from './keys/shortcuts.js'

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...held,
})

describe('shortcuts', () => {
  it('mean Command on a Mac and Control elsewhere', () => {
    expect(matches(press('z', { ctrlKey: true }), 'mod+z', false)).toBe(true)
    expect(matches(press('z', { ctrlKey: true }), 'mod+z', true)).toBe(false)
    expect(matches(press('z', { metaKey: true }), 'mod+z', true)).toBe(true)
    expect(keysOf('mod+shift+z', true)).toEqual(['⌘', '⇧', 'Z'])
    expect(keysOf('mod++', false)).toEqual(['Ctrl', '+'])
  })

  it('tell apart keys with and without Shift, but not for signs that need it on some keyboards', () => {
    expect(matches(press('Z', { ctrlKey: true, shiftKey: true }), 'mod+z', false)).toBe(false)
    expect(matches(press('Z', { ctrlKey: true, shiftKey: true }), 'mod+shift+z', false)).toBe(true)
    expect(matches(press('?', { shiftKey: true }), '?', false)).toBe(true)
    expect(matches(press('a', { altKey: true }), 'a', false)).toBe(false)
  })
})

describe('walking the graph', () => {
  const graph = testGraph({ report: 'report', train: 'train', backbone: 'backbone' }, [
    'backbone.model > train.model',
    'train.metrics > report.metrics',
  ])

  it('goes as data flows, round and round', () => {
    expect(readingOrder(graph)).toEqual(['backbone', 'train', 'report'])
    expect(step(graph, undefined, 1)).toBe('backbone')
    expect(step(graph, 'report', 1)).toBe('backbone')
    expect(step(graph, 'backbone', -1)).toBe('report')
    expect(step(testGraph({}), undefined, 1)).toBeNull()
  })

  it('follows wires', () => {
    expect(neighbour(graph, 'train', 'after')).toBe('report')
    expect(neighbour(graph, 'train', 'before')).toBe('backbone')
    expect(neighbour(graph, 'backbone', 'before')).toBeNull()
  })

  it('reaches nodes on a cycle too', () => {
    const cycle = testGraph({ a: 'freeze', b: 'freeze' }, ['a.model > b.model', 'b.model > a.model'])
    expect(readingOrder(cycle)).toEqual(['a', 'b'])
  })
})
