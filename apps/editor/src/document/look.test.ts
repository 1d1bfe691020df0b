import { documentSchema } from '@graft/graph-schema'
import type { GraphDocument } from '@graft/graph-schema'
import { describe, expect, it } from 'vitest'
import { copySelection, paste, readClip, writeClip } from './clipboard.js'
import { nodeBoxes } from './graph/geometry.js'
import { testGraph, testManifests } from './graph/test-graph.js'
import { move, tidy } from './commands/arrange.js'
import { lookOf, setColor, toggleCollapsed } from './commands/cards.js'
import { nothingSelected } from './commands/command.js'
import { connect, disconnect, reconnect } from './commands/edges.js'
import { removeSelection } from './commands/nodes.js'
import { addPoint, movePoint, placeAmong, pointsOf, removePoint, straighten } from './commands/wire-points.js'

const graph = testGraph({ backbone: 'backbone', train: 'train', report: 'report' }, [
  'backbone.model > train.model',
  'train.metrics > report.metrics',
])
const key = 'backbone.model -> train.model'
const led = addPoint(key, 0, { x: 103, y: 58 }).apply(graph)
const isStored = (document: GraphDocument): void => expect(documentSchema.parse(document)).toEqual(document)

describe('points of wires', () => {
  it('are set on the grid, moved and removed, and leave nothing behind', () => {
    expect(pointsOf(led, key)).toEqual([{ x: 100, y: 60 }])
    isStored(led)
    expect(pointsOf(movePoint(key, 0, { x: 20, y: 31 }).apply(led), key)).toEqual([{ x: 20, y: 30 }])
    expect(removePoint(key, 0).apply(led)).toEqual(graph)
    expect(straighten([key]).apply(led)).toEqual(graph)
    expect(movePoint(key, 4, { x: 0, y: 0 }).apply(led)).toEqual(led)
  })

  it('come in at the nearest leg', () => {
    const ends = [
      { x: 0, y: 0 },
      { x: 300, y: 0 },
    ] as const
    const points = [
      { x: 100, y: 100 },
      { x: 200, y: 100 },
    ]
    expect([20, 150, 290].map((x) => placeAmong(ends, points, { x, y: x === 150 ? 110 : 20 }))).toEqual([0, 1, 2])
  })

  it('go with the wire: away with it, along with its new end, and away when it is replaced', () => {
    expect(disconnect([key]).apply(led).layout).toEqual(graph.layout)
    const removed = removeSelection(led, { ...nothingSelected, nodes: ['train'] }, () => '').apply(led)
    expect(removed.layout.wires).toBeUndefined()
    const two = { ...led, nodes: { ...led.nodes, other: led.nodes['backbone']! } }
    const from = { node: 'other', port: 'model' }
    const to = { node: 'train', port: 'model' }
    expect(pointsOf(reconnect(two, testManifests, key, from, to).apply(two), 'other.model -> train.model')).toEqual([
      { x: 100, y: 60 },
    ])
    expect(connect(two, testManifests, from, to).apply(two).layout.wires).toBeUndefined()
  })

  it('move along when both ends do, and only then', () => {
    const by = (ids: readonly string[]): GraphDocument =>
      move(led, { nodes: new Map(ids.map((id) => [id, { x: 40, y: -20 }])) }).apply(
        // All at the origin, so that each moves as far.
        led,
      )
    const origin = move(led, { nodes: new Map(['backbone', 'train'].map((id) => [id, { x: 0, y: 0 }])) }).apply(led)
    const start = pointsOf(origin, key)[0]!
    const both = move(origin, { nodes: new Map(['backbone', 'train'].map((id) => [id, { x: 40, y: -20 }])) })
    expect(pointsOf(both.apply(origin), key)).toEqual([{ x: start.x + 40, y: start.y - 20 }])
    expect(pointsOf(by(['train']), key)).toEqual([{ x: 100, y: 60 }])
  })

  it('are taken back when the graph is tidied up', () => {
    const places = new Map(Object.keys(led.nodes).map((id, index) => [id, { x: 300 * index, y: 0 }]))
    expect(tidy(led, places).apply(led).layout.wires).toBeUndefined()
  })

  it('are copied and pasted with both ends of their wire, as colours are with their node', () => {
    const colored = setColor(led, { nodes: ['train'], frames: [] }, 'red').apply(led)
    const clip = copySelection(colored, { ...nothingSelected, nodes: ['backbone', 'train'] })
    const read = readClip(writeClip(clip!))
    const pasted = paste(colored, read!).apply(colored)
    expect(pointsOf(pasted, 'backbone-2.model -> train-2.model')).toEqual([{ x: 130, y: 90 }])
    expect(lookOf(pasted, 'train-2')).toEqual({ color: 'red' })
    isStored(pasted)
    const half = copySelection(colored, { ...nothingSelected, nodes: ['train'] })
    expect(half?.wires).toBeUndefined()
  })
})

describe('how nodes are drawn', () => {
  it('collapses all when some are open, and opens all when none is', () => {
    const one = toggleCollapsed(graph, ['train']).apply(graph)
    expect(lookOf(one, 'train')).toEqual({ collapsed: true })
    const both = toggleCollapsed(one, ['train', 'report']).apply(one)
    expect(lookOf(both, 'report')).toEqual({ collapsed: true })
    expect(toggleCollapsed(both, ['train', 'report']).apply(both)).toEqual(graph)
    isStored(both)
  })

  it('gives a collapsed node the size of its header', () => {
    const collapsed = toggleCollapsed(graph, ['train']).apply(graph)
    expect(nodeBoxes(collapsed, testManifests).get('train')?.height).toBe(38)
    expect(nodeBoxes(graph, testManifests).get('train')?.height).toBeGreaterThan(98)
  })

  it('colours nodes and frames, and takes colours back', () => {
    const framed: GraphDocument = {
      ...graph,
      layout: { ...graph.layout, frames: [{ x: 0, y: 0, width: 10, height: 10, title: 'A', color: 'green' }] },
    }
    const blue = setColor(framed, { nodes: ['train'], frames: [0] }, 'blue').apply(framed)
    expect([lookOf(blue, 'train')?.color, blue.layout.frames[0]?.color]).toEqual(['blue', 'blue'])
    const plain = setColor(blue, { nodes: ['train'], frames: [0] }, null).apply(blue)
    expect([plain.layout.cards, plain.layout.frames[0]?.color]).toEqual([undefined, 'grey'])
  })

  it('forgets the look of a node that is removed', () => {
    const colored = setColor(graph, { nodes: ['train'], frames: [] }, 'red').apply(graph)
    const removed = removeSelection(colored, { ...nothingSelected, nodes: ['train'] }, () => '').apply(colored)
    expect(removed.layout.cards).toBeUndefined()
  })
})
