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

describe('finding node types', () => {
  const found = (query: string): readonly string[] =>
    search(
      typeEntries([
        { ...testManifests.get('train')!, keywords: ['fine-tune'], params: fields },
        { ...testManifests.get('split')!, keywords: ['holdout'] },
      ]),
      query,
    ).map(({ title }) => title)
  const fields = {
    type: 'object',
    properties: { schedule: { anyOf: [{ properties: { learningRate: { type: 'number', title: 'Learning rate' } } }] } },
  }

  it('goes by other words for them, and by the names and titles of their fields at any depth', () => {
    expect(found('holdout')).toEqual(['Split'])
    expect(found('fine-tune')).toEqual(['Train'])
    expect(found('learning rate')).toEqual(['Train'])
    expect(found('learningrate')).toEqual(['Train'])
    expect(found('anyOf')).toEqual([])
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

  it('puts a node beside another to its right, fed by the first output that it takes', () => {
    const request = { ...at, beside: 'split' }
    const entry = quickAddEntries(graph, testManifests, request).find(({ manifest }) => manifest.type === 'train')
    const after = quickAddCommand(graph, testManifests, request, entry!).apply(graph)
    expect(wiresOf(after)).toContain('split.train > train-2.train')
  })

  it('adds an unwired node beside one whose outputs it does not take', () => {
    const request = { ...at, beside: 'train' }
    const entry = quickAddEntries(graph, testManifests, request).find(({ manifest }) => manifest.type === 'images')
    const after = quickAddCommand(graph, testManifests, request, entry!).apply(graph)
    expect(Object.keys(after.nodes)).toHaveLength(4)
    expect(after.edges).toEqual(graph.edges)
  })

  it('never lays a new card on another', () => {
    const entry = quickAddEntries(graph, testManifests, at)[0]!
    const box = { x: 400, y: 280, width: 216, height: 120 }
    const after = quickAddCommand(graph, testManifests, at, entry, [box]).apply(graph)
    const place = Object.entries(after.layout.positions).find(([id]) => !Object.hasOwn(graph.layout.positions, id))?.[1]
    expect(place!.y).toBeGreaterThanOrEqual(box.y + box.height)
  })

  it('offers everything on the empty canvas', () =>
    expect(quickAddEntries(graph, testManifests, at)).toHaveLength(testManifests.size))
})
