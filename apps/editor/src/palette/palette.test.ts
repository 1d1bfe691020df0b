import { describe, expect, it } from 'vitest'
import { testGraph, testManifests, wiresOf } from '../document/graph/test-graph.js'
import { quickAddCommand, quickAddEntries } from './quick-add-types.js'
import { byCategory, firstSentence, typeEntries } from '../node-types/type-entries.js'
import { search } from '../ui/lists/search.js'

const titles = (query: string): readonly string[] =>
  search(
    [
      { title: 'Freeze Range', words: 'Model freeze-range' },
      { title: 'Train', words: 'Training train', text: 'Fits the head.' },
      { title: 'Strip Head', words: 'Model' },
      { title: 'Add Head', words: 'Model' },
    ],
    query,
  ).map(({ title }) => title)

describe('searching', () => {
  it('puts beginnings first, then words, initials, parts and long text', () => {
    expect(titles('head')).toEqual(['Strip Head', 'Add Head', 'Train'])
    expect(titles('fr')).toEqual(['Freeze Range'])
    expect(titles('ah')).toEqual(['Add Head'])
    expect(titles('model')).toEqual(['Freeze Range', 'Strip Head', 'Add Head'])
    expect(titles('frzrng')).toEqual(['Freeze Range'])
    expect(titles('zzz')).toEqual([])
    expect(titles('  ')).toHaveLength(4)
  })

  it('groups types by category and cuts documentation at its first sentence', () => {
    expect([...byCategory(typeEntries(testManifests.values())).keys()]).toEqual(['Data'])
    expect(firstSentence('Reads 1.5 files. Then more.')).toBe('Reads 1.5 files.')
  })
})

describe('quick add', () => {
  const graph = testGraph({ split: 'split', backbone: 'backbone', train: 'train' }, ['backbone.model > train.model'])
  const at = { screen: { x: 0, y: 0 }, place: { x: 500, y: 300 } }

  it('offers what takes the waiting wire and connects it', () => {
    const request = { ...at, start: { end: { node: 'split', port: 'val' }, side: 'output' as const } }
    const entry = quickAddEntries(graph, testManifests, request).find(({ manifest }) => manifest.type === 'train')
    expect(entry?.port).toBe('val')
    const after = quickAddCommand(graph, testManifests, request, entry!).apply(graph)
    expect(wiresOf(after)).toContain('split.val > train-2.val')
  })

  it('offers what fits on a wire and splits it', () => {
    const request = { ...at, wire: 'backbone.model -> train.model' }
    const entries = quickAddEntries(graph, testManifests, request)
    expect(entries.map(({ manifest }) => manifest.type)).toEqual(['freeze', 'train'])
    expect(wiresOf(quickAddCommand(graph, testManifests, request, entries[0]!).apply(graph))).toEqual([
      'backbone.model > freeze.model',
      'freeze.model > train.model',
    ])
  })

  it('offers everything on the empty canvas', () =>
    expect(quickAddEntries(graph, testManifests, at)).toHaveLength(testManifests.size))
})
