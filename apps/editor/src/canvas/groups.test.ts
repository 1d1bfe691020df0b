import { check, documentSchema, effectiveGraph } from '@graft/graph-schema'
import type { GraphDocument } from '@graft/graph-schema'
import { describe, expect, it } from 'vitest'
import { copySelection, paste, readClip, writeClip } from '../document/clipboard.js'
import { move } from '../document/commands/arrange.js'
import { nothingSelected } from '../document/commands/command.js'
import { groupNodes, setGroup, ungroup } from '../document/commands/groups.js'
import { removeSelection } from '../document/commands/nodes.js'
import { groupOf, groupsOf, portsOfGroup, seenGraph } from '../document/graph/groups.js'
import { testGraph, testManifests } from '../document/graph/test-graph.js'
import { membersMoved } from '../layout/tidy.js'
import { applyChanges } from './projection/changes.js'
import { createProjector, nothingTransient } from './projection/to-flow.js'

const flat = testGraph({ images: 'images', split: 'split', backbone: 'backbone', train: 'train', report: 'report' }, [
  'images.images > split.images',
  'split.train > train.train',
  'split.val > train.val',
  'backbone.model > train.model',
  'train.metrics > report.metrics',
])
const placed = move(flat, {
  nodes: new Map(Object.keys(flat.nodes).map((id, index) => [id, { x: 300 * index, y: 40 * index }])),
}).apply(flat)
const grouped = groupNodes(placed, ['split', 'backbone', 'train']).apply(placed)
const manifests = [...testManifests.values()]
const project = (document: GraphDocument, nodes: readonly string[] = []) =>
  createProjector()({
    document,
    selection: { ...nothingSelected, nodes },
    manifests: testManifests,
    measured: new Map(),
    transient: nothingTransient,
  })

describe('nodes that are grouped into one', () => {
  it('show the ports of the wires that cross the border, and hide what is within', () => {
    const { nodes, edges } = project(grouped)
    expect(nodes.map(({ id }) => id)).toEqual(['group:group', 'images', 'report'])
    expect(portsOfGroup(grouped.edges, groupsOf(grouped)[0]!)).toEqual({
      inputs: ['split.images'],
      outputs: ['train.metrics'],
    })
    expect(
      edges.map(({ source, sourceHandle, target, targetHandle }) => [source, sourceHandle, target, targetHandle]),
    ).toEqual([
      ['images', 'images', 'group:group', 'split.images'],
      ['group:group', 'train.metrics', 'report', 'metrics'],
    ])
  })

  it('change nothing that is checked or run', () => {
    expect([grouped.nodes, grouped.edges]).toEqual([placed.nodes, placed.edges])
    expect(check(grouped, manifests)).toEqual(check(placed, manifests))
    expect(effectiveGraph(grouped, manifests).document.edges).toEqual(placed.edges)
    expect(documentSchema.parse(grouped)).toEqual(grouped)
  })

  it('are as they were once ungrouped', () => {
    expect(ungroup(grouped, ['train']).apply(grouped)).toEqual(placed)
    const opened = setGroup('group', { closed: false }).apply(grouped)
    expect(project(opened).nodes.map(({ id }) => id)).toContain('train')
    expect(setGroup('group', { closed: true }).apply(opened)).toEqual(grouped)
  })

  it('move as far as their card is dragged', () => {
    const card = project(grouped).nodes[0]!
    const outcome = applyChanges(
      [
        {
          type: 'position',
          id: card.id,
          position: { x: card.position.x + 50, y: card.position.y - 20 },
          dragging: false,
        },
      ],
      {
        document: grouped,
        selection: nothingSelected,
        transient: { ...nothingTransient, positions: new Map([['train', { x: 0, y: 0 }]]) },
        measured: new Map(),
        carried: new Map(),
        dragKey: 'drag',
      },
    )
    const moved = outcome.commands.reduce((document, command) => command.apply(document), grouped)
    for (const id of ['split', 'backbone', 'train']) {
      const before = placed.layout.positions[id]!
      expect(moved.layout.positions[id]).toEqual({ x: before.x + 50, y: before.y - 20 })
    }
    expect(moved.layout.positions['images']).toEqual(placed.layout.positions['images'])
  })

  it('are selected with their card, and let go before another node is chosen', () => {
    const context = {
      document: grouped,
      selection: { ...nothingSelected, nodes: ['split', 'backbone', 'train'] },
      transient: nothingTransient,
      measured: new Map(),
      carried: new Map(),
      dragKey: '',
    }
    expect(project(grouped, context.selection.nodes).nodes[0]?.selected).toBe(true)
    const { selection } = applyChanges(
      [
        { type: 'select', id: 'train', selected: true },
        { type: 'select', id: 'group:group', selected: false },
      ],
      context,
    )
    expect(selection.nodes).toEqual(['train'])
  })

  it('are copied as a group, and leave it when they are removed or grouped anew', () => {
    const clip = readClip(
      writeClip(copySelection(grouped, { ...nothingSelected, nodes: ['split', 'backbone', 'train'] })!),
    )
    const pasted = paste(grouped, clip!).apply(grouped)
    expect(groupOf(pasted, 'train-2')).toMatchObject({ id: 'group-2', nodes: ['split-2', 'backbone-2', 'train-2'] })
    const removed = removeSelection(grouped, { ...nothingSelected, nodes: ['split', 'train'] }, () => '').apply(grouped)
    expect(groupsOf(removed).map(({ nodes }) => nodes)).toEqual([['backbone']])
    const anew = groupNodes(grouped, ['train', 'report']).apply(grouped)
    expect(groupsOf(anew).map(({ nodes }) => nodes)).toEqual([
      ['split', 'backbone'],
      ['train', 'report'],
    ])
  })

  it('are tidied up as one', () => {
    const seen = seenGraph(grouped, testManifests)
    expect([...seen.boxes.keys()]).toEqual(['images', 'report', 'group:group'])
    const { x, y } = seen.boxes.get('group:group')!
    const places = membersMoved(grouped, seen, new Map([['group:group', { x: x + 7, y: y + 9 }]]))
    expect([...places.keys()]).toEqual(['split', 'backbone', 'train'])
    expect(places.get('train')).toEqual({
      x: placed.layout.positions['train']!.x + 7,
      y: placed.layout.positions['train']!.y + 9,
    })
  })
})
