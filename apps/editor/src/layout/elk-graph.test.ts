import Elk from 'elkjs/lib/elk.bundled.js'
import { describe, expect, it } from 'vitest'
import { nodeBoxes, portNames } from '../document/graph/geometry.js'
import { testGraph, testManifests } from '../document/graph/test-graph.js'
import { fromElk, toElkGraph } from './elk-graph.js'

const graph = testGraph({ report: 'report', train: 'train', split: 'split', images: 'images', backbone: 'backbone' }, [
  'images.images > split.images',
  'split.train > train.train',
  'split.val > train.val',
  'backbone.model > train.model',
  'train.metrics > report.metrics',
])

describe('the automatic layout', () => {
  it('lets every wire lead to the right, and no two cards overlap', async () => {
    const boxes = nodeBoxes(graph, testManifests)
    const input = toElkGraph(graph, boxes, (id) => portNames(graph, id, testManifests.get(graph.nodes[id]?.type ?? '')))
    const result = await new Elk().layout(structuredClone(input) as never)
    const places = fromElk(result.children ?? [], { x: -50, y: 20 })
    const box = (id: string) => ({ ...boxes.get(id)!, ...places.get(id)! })
    for (const { from, to } of graph.edges) expect(box(from.node).x + box(from.node).width).toBeLessThan(box(to.node).x)
    const all = Object.keys(graph.nodes).map(box)
    for (const [index, one] of all.entries())
      for (const other of all.slice(index + 1))
        expect(
          one.x + one.width <= other.x ||
            other.x + other.width <= one.x ||
            one.y + one.height <= other.y ||
            other.y + other.height <= one.y,
        ).toBe(true)
    expect([Math.min(...all.map(({ x }) => x)), Math.min(...all.map(({ y }) => y))]).toEqual([-50, 20])
  })
})
