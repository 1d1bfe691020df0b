import { serializeDocument } from '@graft/graph-schema'
import type { GraphDocument } from '@graft/graph-schema'
import { describe, expect, it } from 'vitest'
import { addFrame, addNote, setNote } from './commands/annotations.js'
import { move } from './commands/arrange.js'
import type { Command } from './commands/command.js'
import { connect } from './commands/edges.js'
import { addNode, removeAndHeal, setTitle, toggleMuted } from './commands/nodes.js'
import { setParam } from './commands/params.js'
import { createEditorStore } from './editor-store.js'
import { testGraph, testManifests } from './graph/test-graph.js'

const chain = testGraph({ backbone: 'backbone', freeze: 'freeze', train: 'train' }, [
  'backbone.model > freeze.model',
  'freeze.model > train.model',
])

function openStore(document: GraphDocument = chain) {
  const clock = { now: 0 }
  const store = createEditorStore(() => clock.now)
  store.setManifests([...testManifests.values()])
  store.open(document)
  return { store, clock }
}

describe('undo and redo', () => {
  it('joins typing in one field into one step, until a pause or another field', () => {
    const { store, clock } = openStore()
    for (const value of [1, 12, 123]) {
      store.dispatch(setParam('train', 'epochs', value))
      clock.now += 200
    }
    store.dispatch(setParam('train', 'seed', 1))
    clock.now += 5000
    store.dispatch(setParam('train', 'seed', 2))
    expect(store.get().history.past).toHaveLength(3)
    store.undo()
    store.undo()
    expect(store.get().document.nodes['train']?.params).toEqual({ epochs: 123 })
    store.undo()
    expect(store.get().document).toBe(chain)
  })

  it('starts a new step when the field was left', () => {
    const { store } = openStore()
    store.dispatch(setParam('train', 'epochs', 1))
    store.endStep()
    store.dispatch(setParam('train', 'epochs', 2))
    expect(store.get().history.past).toHaveLength(2)
  })

  it('brings the selection back, without what no longer exists', () => {
    const { store } = openStore()
    store.select({ nodes: ['train', 'freeze'] })
    store.dispatch(removeAndHeal(store.get().document, ['freeze'], testManifests))
    expect(store.get().selection.nodes).toEqual([])
    store.undo()
    expect(store.get().selection.nodes).toEqual(['train', 'freeze'])
    store.redo()
    expect(store.get().selection.nodes).toEqual([])
  })

  it('forgets what was undone once something else is done, and says what it does', () => {
    const { store } = openStore()
    store.dispatch(setTitle('train', 'A'))
    store.undo()
    expect(store.get().announcement.text).toBe('Undone: Renamed to A')
    store.dispatch(setTitle('train', 'B'))
    expect(store.get().history.future).toEqual([])
    store.redo()
    expect(store.get().announcement.text).toBe('Nothing to redo')
  })

  it('does not record commands that change nothing', () => {
    const { store } = openStore()
    store.dispatch(
      connect(chain, testManifests, { node: 'backbone', port: 'model' }, { node: 'freeze', port: 'model' }),
    )
    expect(store.get().history.past).toEqual([])
  })

  const seeds = [1, 2, 3, 20260101]
  it.each(seeds)('random edits undo to the very same text and redo to the same end (seed %i)', (seed) => {
    const { store, clock } = openStore()
    const random = numbers(seed)
    const texts = [serializeDocument(store.get().document)]
    for (let step = 0; step < 60; step++) {
      clock.now += 10_000
      const before = store.get().document
      store.dispatch(randomCommand(before, random))
      if (store.get().document !== before) texts.push(serializeDocument(store.get().document))
    }
    const last = texts.at(-1)
    for (const text of texts.toReversed()) {
      expect(serializeDocument(store.get().document)).toBe(text)
      store.undo()
    }
    for (let step = 1; step < texts.length; step++) store.redo()
    expect(serializeDocument(store.get().document)).toBe(last)
  })
})

describe('checking', () => {
  it('finds problems of the document as it is now', () => {
    const { store } = openStore()
    store.checkNow()
    expect(store.get().problems.map(({ code, node, field }) => `${code} ${node ?? ''} ${field ?? ''}`)).toContain(
      'input-unconnected train train',
    )
    store.dispatch(toggleMuted(chain, ['train']))
    store.checkNow()
    expect(store.get().problems.some(({ code }) => code === 'input-unconnected')).toBe(false)
  })

  it('keeps the list the same object when nothing changed, so that nothing renders', () => {
    const { store } = openStore()
    store.checkNow()
    const before = store.get().problems
    store.dispatch(move(chain, { nodes: new Map([['train', { x: 5, y: 5 }]]) }))
    store.checkNow()
    expect(store.get().problems).toBe(before)
  })
})

function randomCommand(document: GraphDocument, random: () => number): Command {
  const pick = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(random() * items.length)]
  const node = pick(Object.keys(document.nodes))
  const manifest = pick([...testManifests.values()])
  const place = { x: Math.floor(random() * 1000), y: Math.floor(random() * 1000) }
  if (node === undefined || manifest === undefined || random() < 0.25)
    return addNode(document, manifest ?? [...testManifests.values()][0]!, place).command
  const options: readonly (() => Command)[] = [
    () => removeAndHeal(document, [node], testManifests),
    () => move(document, { nodes: new Map([[node, place]]) }),
    () => setParam(node, 'epochs', place.x),
    () => setTitle(node, `Title ${place.y}`),
    () => toggleMuted(document, [node]),
    () =>
      connect(
        document,
        testManifests,
        { node, port: 'model' },
        { node: pick(Object.keys(document.nodes)) ?? node, port: 'model' },
      ),
    () => addFrame(document, [], place),
    () => addNote(document, place),
    () => setNote(0, { text: `note ${place.x}` }),
  ]
  return (pick(options) ?? options[0]!)()
}

/** mulberry32 */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296
  }
}
