import { expect, it } from 'vitest'
import { keepUnfinished, unfinishedOf } from './unfinished-text.js'

it('unfinished text is there again for the same graph, and for no other', () => {
  expect(unfinishedOf('graph')).toBe('graph')
  keepUnfinished('graph', 'graph, half')
  expect(unfinishedOf('graph')).toBe('graph, half')
  expect(unfinishedOf('other')).toBe('other')
})

it('is forgotten once it is as before, while another graph’s stays', () => {
  keepUnfinished('graph', 'graph, half')
  keepUnfinished('other', 'other')
  expect(unfinishedOf('graph')).toBe('graph, half')
  keepUnfinished('graph', 'graph')
  expect(unfinishedOf('graph')).toBe('graph')
})
