import { edgeKey } from '@graft/graph-schema'
import { describe, expect, it } from 'vitest'
import { nodeBoxes } from '../graph/geometry.js'
import { testGraph, testManifests, wiresOf } from '../graph/test-graph.js'
import { addFrame, addNote, insideFrame, setFrame } from './annotations.js'
import { align, distribute, move, tidy } from './arrange.js'
import { nothingSelected } from './command.js'
import { addConnected, addOnWire, connect, insertOnWire, reconnect } from './edges.js'
import { addNode, removeAndHeal, removeSelection, setTitle, toggleBypassed, toggleMuted } from './nodes.js'
import { paramAt, resetParams, setParam, setParams } from './params.js'

const chain = testGraph({ backbone: 'backbone', freeze: 'freeze', train: 'train' }, [
  'backbone.model > freeze.model',
  'freeze.model > train.model',
])
const manifestOf = (type: string) => {
  const manifest = testManifests.get(type)
  if (manifest === undefined) throw new Error(type)
  return manifest
}

describe('params', () => {
  it('sets inner values and leaves the other nodes the same objects', () => {
    const changed = setParam('train', 'optimizer.momentum', 0.9).apply(chain)
    expect(changed.nodes['train']?.params).toEqual({ optimizer: { momentum: 0.9 } })
    expect(changed.nodes['freeze']).toBe(chain.nodes['freeze'])
    expect(chain.nodes['train']?.params).toEqual({})
  })

  it('removes a value, which means its default', () => {
    const changed = setParam('train', ['hidden', 1], undefined).apply(
      setParam('train', 'hidden', [64, 32, 16]).apply(chain),
    )
    expect(paramAt(changed, 'train', 'hidden')).toEqual([64, 16])
    expect(setParam('train', 'hidden', undefined).apply(changed).nodes['train']?.params).toEqual({})
  })

  it('answers undefined for inherited names and ignores nodes that are gone', () => {
    expect(paramAt(chain, 'train', 'constructor')).toBeUndefined()
    expect(setParam('nobody', 'epochs', 1).apply(chain)).toBe(chain)
  })

  it('sets several at once and resets all', () => {
    const changed = setParams('train', { epochs: 3, seed: 7 }).apply(chain)
    expect(changed.nodes['train']?.params).toEqual({ epochs: 3, seed: 7 })
    expect(resetParams('train').apply(changed).nodes['train']?.params).toEqual({})
  })
})

describe('nodes', () => {
  it('gives new nodes ids that are free, and places on the grid', () => {
    const { command, id } = addNode(chain, manifestOf('train'), { x: 101.2, y: 7 })
    expect(id).toBe('train-2')
    expect(command.apply(chain).layout.positions['train-2']).toEqual({ x: 100, y: 10 })
    expect(command.select).toEqual({ nodes: ['train-2'] })
  })

  it('removes nodes with their wires and their places', () => {
    const changed = removeSelection(chain, { ...nothingSelected, nodes: ['freeze'] }, edgeKey).apply(chain)
    expect(Object.keys(changed.nodes)).toEqual(['backbone', 'train'])
    expect(wiresOf(changed)).toEqual([])
    expect(changed.layout.positions['freeze']).toBeUndefined()
  })

  it('heals: A -> B -> C without B is A -> C', () => {
    expect(wiresOf(removeAndHeal(chain, ['freeze'], testManifests).apply(chain))).toEqual([
      'backbone.model > train.model',
    ])
  })

  it('heals over a chain of removed nodes, and not through nodes without an input of the kind', () => {
    const long = testGraph({ backbone: 'backbone', a: 'freeze', b: 'freeze', train: 'train', report: 'report' }, [
      'backbone.model > a.model',
      'a.model > b.model',
      'b.model > train.model',
      'train.metrics > report.metrics',
    ])
    expect(wiresOf(removeAndHeal(long, ['a', 'b'], testManifests).apply(long))).toEqual([
      'train.metrics > report.metrics',
      'backbone.model > train.model',
    ])
    expect(wiresOf(removeAndHeal(long, ['train'], testManifests).apply(long))).toEqual([
      'backbone.model > a.model',
      'a.model > b.model',
    ])
  })

  it('mutes all of a mixed selection first, then wakes all; muting ends bypassing', () => {
    const bypassed = toggleBypassed(chain, ['freeze']).apply(chain)
    expect(bypassed.nodes['freeze']).toMatchObject({ bypassed: true })
    const muted = toggleMuted(bypassed, ['freeze', 'train']).apply(bypassed)
    expect(muted.nodes['freeze']).toEqual({ type: 'freeze', version: 1, params: {}, muted: true })
    expect(toggleMuted(muted, ['freeze', 'train']).apply(muted).nodes['train']).toEqual(chain.nodes['train'])
  })

  it('brings the type’s title back for empty text', () => {
    const named = setTitle('train', 'Second phase').apply(chain)
    expect(named.nodes['train']?.title).toBe('Second phase')
    expect('title' in (setTitle('train', '').apply(named).nodes['train'] ?? {})).toBe(false)
  })
})

describe('wires', () => {
  it('replaces what an input had, and adds to one that takes several', () => {
    const two = testGraph({ a: 'backbone', b: 'backbone', t: 'train', u: 'train', report: 'report' }, [
      'a.model > t.model',
      't.metrics > report.metrics',
    ])
    expect(
      wiresOf(connect(two, testManifests, { node: 'b', port: 'model' }, { node: 't', port: 'model' }).apply(two)),
    ).toEqual(['t.metrics > report.metrics', 'b.model > t.model'])
    expect(
      wiresOf(
        connect(two, testManifests, { node: 'u', port: 'metrics' }, { node: 'report', port: 'metrics' }).apply(two),
      ),
    ).toHaveLength(3)
    expect(connect(two, testManifests, { node: 'a', port: 'model' }, { node: 't', port: 'model' }).apply(two)).toBe(two)
  })

  it('moves the end of a wire in place', () => {
    const two = testGraph({ a: 'backbone', f: 'freeze', t: 'train' }, ['a.model > f.model', 'f.model > t.model'])
    const moved = reconnect(
      two,
      testManifests,
      'a.model -> f.model',
      { node: 'a', port: 'model' },
      { node: 't', port: 'model' },
    ).apply(two)
    expect(wiresOf(moved)).toEqual(['a.model > t.model'])
  })

  it('inserts a node on a wire by ports of its kind, and refuses one without', () => {
    const loose = testGraph({ backbone: 'backbone', train: 'train', freeze: 'freeze', split: 'split' }, [
      'backbone.model > train.model',
    ])
    expect(
      wiresOf(insertOnWire(loose, testManifests, 'backbone.model -> train.model', 'freeze')?.apply(loose) ?? loose),
    ).toEqual(['backbone.model > freeze.model', 'freeze.model > train.model'])
    expect(insertOnWire(loose, testManifests, 'backbone.model -> train.model', 'split')).toBeNull()
    const added = addOnWire(loose, testManifests, 'backbone.model -> train.model', manifestOf('freeze'), { x: 0, y: 0 })
    expect(wiresOf(added?.apply(loose) ?? loose)).toEqual([
      'backbone.model > freeze-2.model',
      'freeze-2.model > train.model',
    ])
  })

  it('adds a node at the loose end of a wire, in either direction', () => {
    const only = testGraph({ train: 'train' })
    const before = addConnected(
      only,
      testManifests,
      manifestOf('backbone'),
      { x: 0, y: 0 },
      { end: { node: 'train', port: 'model' }, side: 'input' },
      'model',
    ).apply(only)
    expect(wiresOf(before)).toEqual(['backbone.model > train.model'])
    const after = addConnected(
      only,
      testManifests,
      manifestOf('report'),
      { x: 0, y: 0 },
      { end: { node: 'train', port: 'metrics' }, side: 'output' },
      'metrics',
    ).apply(only)
    expect(wiresOf(after)).toEqual(['train.metrics > report.metrics'])
  })
})

describe('arranging', () => {
  const boxes = nodeBoxes(chain, testManifests)

  it('aligns at the outermost edge', () => {
    const shifted = move(chain, { nodes: new Map([['freeze', { x: 340, y: 90 }]]) }).apply(chain)
    const moved = align(shifted, nodeBoxes(shifted, testManifests), 'bottom').apply(shifted)
    const bottoms = [...nodeBoxes(moved, testManifests).values()].map(({ y, height }) => y + height)
    expect(new Set(bottoms).size).toBe(1)
    expect(moved.layout.positions['freeze']).toEqual({ x: 340, y: 90 })
  })

  it('makes gaps equal and keeps the outermost two', () => {
    const uneven = move(chain, {
      nodes: new Map([
        ['freeze', { x: 220, y: 0 }],
        ['train', { x: 1000, y: 0 }],
      ]),
    }).apply(chain)
    const spread = distribute(uneven, nodeBoxes(uneven, testManifests), 'x').apply(uneven)
    expect(Object.values(spread.layout.positions).map(({ x }) => x)).toEqual([0, 500, 1000])
  })

  it('puts nodes on the grid when tidying, and never invents places for nodes that are gone', () => {
    const tidied = tidy(
      chain,
      new Map([
        ['train', { x: 13, y: 27 }],
        ['nobody', { x: 0, y: 0 }],
      ]),
    ).apply(chain)
    expect(tidied.layout.positions['train']).toEqual({ x: 10, y: 30 })
    expect(Object.keys(tidied.layout.positions)).toEqual(['backbone', 'freeze', 'train'])
  })

  it('frames what is selected and knows what is inside', () => {
    const framed = addFrame(chain, [...boxes.values()].slice(0, 2), { x: 0, y: 0 }).apply(chain)
    expect(insideFrame(framed, 0, boxes)).toEqual({ nodes: ['backbone', 'freeze'], notes: [] })
    const noted = addNote(framed, { x: 20, y: 10 }).apply(framed)
    expect(insideFrame(noted, 0, boxes).notes).toEqual([0])
    expect(setFrame(0, { title: 'Model', x: 1.4 }).apply(framed).layout.frames[0]).toMatchObject({
      title: 'Model',
      x: 1,
    })
  })
})
