import { describe, expect, it } from 'vitest'
import { testGraph } from '../document/graph/test-graph.js'
import { allDrafts } from './all-drafts.js'

describe('the list of drafts', () => {
  it('has each draft once, as its later copy is, latest first, and not those of saved graphs', () => {
    const document = testGraph({ train: 'train' })
    const mine = [
      { id: 'new-1', savedAt: 3, document, origin: null, sentAt: 3 },
      { id: 'graph-7', savedAt: 9, document, origin: { graphId: '7', version: 1 }, sentAt: null },
    ]
    const theirs = [
      { id: 'new-1', name: 'Renamed elsewhere', nodes: 4, savedAt: 5, origin: null },
      { id: 'new-2', name: 'From another browser', nodes: 2, savedAt: 7, origin: null },
    ]
    expect(allDrafts(mine, theirs).map(({ name }) => name)).toEqual(['From another browser', 'Renamed elsewhere'])
  })
})
