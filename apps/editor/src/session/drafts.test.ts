import { describe, expect, it } from 'vitest'
import { addressOfDraft, draftIdOf, draftInAddress } from './address.js'
import { listDrafts, readDraft, removeDraft, saveDraft } from './drafts.js'
import type { DraftStorage } from './drafts.js'
import { testGraph } from '../document/graph/test-graph.js'

function memory(room = Number.POSITIVE_INFINITY): DraftStorage & { readonly data: Map<string, string> } {
  const data = new Map<string, string>()
  return {
    data,
    get length() {
      return data.size
    },
    key: (index) => [...data.keys()][index] ?? null,
    getItem: (key) => data.get(key) ?? null,
    removeItem: (key) => void data.delete(key),
    setItem: (key, value) => {
      const used = [...data].reduce((total, [name, text]) => (name === key ? total : total + text.length), 0)
      if (used + value.length > room) throw new DOMException('full', 'QuotaExceededError')
      data.set(key, value)
    },
  }
}

const graph = testGraph({ train: 'train' })

describe('drafts', () => {
  it('come back as they were, latest first', () => {
    const storage = memory()
    saveDraft(storage, { id: 'a', savedAt: 1, document: graph, origin: null, sentAt: null })
    saveDraft(storage, { id: 'b', savedAt: 2, document: graph, origin: { graphId: 'g', version: 3 }, sentAt: null })
    expect(listDrafts(storage).map(({ id }) => id)).toEqual(['b', 'a'])
    expect(readDraft(storage, 'b')).toEqual({
      id: 'b',
      savedAt: 2,
      document: graph,
      origin: { graphId: 'g', version: 3 },
      sentAt: null,
    })
    removeDraft(storage, 'b')
    expect(readDraft(storage, 'b')).toBeNull()
  })

  it('never make room at the cost of another, however many there are, and say when there is none', () => {
    const size = JSON.stringify({ savedAt: 1, origin: null, sentAt: null, document: graph }).length
    const storage = memory(size * 2 + 10)
    const save = (id: string): boolean =>
      saveDraft(storage, { id, savedAt: id.charCodeAt(0), document: graph, origin: null, sentAt: null })
    expect([save('a'), save('b'), save('c')]).toEqual([true, true, false])
    expect(listDrafts(storage).map(({ id }) => id)).toEqual(['b', 'a'])
    const large = memory()
    for (let index = 0; index < 60; index++)
      saveDraft(large, { id: `draft-${index}`, savedAt: index, document: graph, origin: null, sentAt: null })
    expect(listDrafts(large)).toHaveLength(60)
  })

  it('ignore what is damaged or not theirs', () => {
    const storage = memory()
    storage.data.set('graft.draft.x', '{')
    storage.data.set('graft.draft.y', '{"document":{}}')
    storage.data.set('other', '1')
    expect(listDrafts(storage)).toEqual([])
  })
})

describe('addresses', () => {
  it('lead back to the draft and to the saved graph', () => {
    expect(draftInAddress(addressOfDraft(draftIdOf({ graphId: 'bees', version: 1 })))).toEqual({
      id: 'graph-bees',
      graphId: 'bees',
    })
    expect(draftInAddress(addressOfDraft(draftIdOf(null)))).toMatchObject({ graphId: null })
    for (const hash of ['', '#/', '#/edit/', '#/edit/%E0%A4%A']) expect(draftInAddress(hash)).toBeNull()
  })
})
