import { documentSchema } from '@graft/graph-schema'
import type { GraphDocument } from '@graft/graph-schema'
import { describe, expect, it } from 'vitest'
import { copySelection, paste, readClip, writeClip } from '../document/clipboard.js'
import { move } from '../document/commands/arrange.js'
import { nothingSelected } from '../document/commands/command.js'
import { groupNodes, setGroup, ungroup } from '../document/commands/groups.js'
import { removeSelection } from '../document/commands/nodes.js'
import { drawnGroups, groupMeant, groupOf, groupsOf, hiddenNodes } from '../document/graph/groups.js'
import { testGraph, testManifests } from '../document/graph/test-graph.js'
import { applyChanges } from './projection/changes.js'
import { createProjector, nothingTransient } from './projection/to-flow.js'

const flat = testGraph({ images: 'images', split: 'split', backbone: 'backbone', train: 'train', report: 'report' }, [
  'images.images > split.images',
  'split.train > train.train',
  'backbone.model > train.model',
  'train.metrics > report.metrics',
])
const placed = move(flat, {
  nodes: new Map(Object.keys(flat.nodes).map((id, index) => [id, { x: 300 * index, y: 40 * index }])),
}).apply(flat)
const inner = groupNodes(placed, ['split', 'backbone']).apply(placed)
const nested = groupNodes(inner, ['split', 'backbone', 'train']).apply(inner)
const opened = setGroup('group-2', { closed: false }).apply(nested)
const wide = setGroup('group', { closed: false }).apply(opened)
const project = (document: GraphDocument) =>
  createProjector()({
    document,
    selection: nothingSelected,
    manifests: testManifests,
    measured: new Map(),
    transient: nothingTransient,
  })

const contextOf = (document: GraphDocument): Parameters<typeof applyChanges>[1] => ({
  document,
  selection: nothingSelected,
  transient: { ...nothingTransient, positions: new Map([['train', { x: 0, y: 0 }]]) },
  measured: new Map(),
  carried: new Map(),
  dragKey: 'drag',
})

describe('groups within groups', () => {
  it('are made by grouping nodes among which a whole group is', () => {
    expect(groupsOf(nested).map(({ id, own, parent }) => [id, own, parent])).toEqual([
      ['group-2', ['train'], null],
      ['group', ['split', 'backbone'], 'group-2'],
    ])
    expect(documentSchema.parse(nested)).toEqual(nested)
    expect(groupNodes(nested, ['split', 'backbone', 'train']).apply(nested), 'once more').toBe(nested)
  })

  it('are made inside by grouping some of the nodes of one', () => {
    const outer = groupNodes(placed, ['split', 'backbone', 'train']).apply(placed)
    const divided = groupNodes(outer, ['split', 'train']).apply(outer)
    expect(groupsOf(divided).map(({ id, own, parent }) => [id, own, parent])).toEqual([
      ['group', ['backbone'], null],
      ['group-2', ['split', 'train'], 'group'],
    ])
  })

  it('are seen one after the other as they are opened, the inner one inside the outer', () => {
    const ids = (document: GraphDocument): readonly string[] => project(document).nodes.map(({ id }) => id)
    expect(ids(nested)).toEqual(['group:group-2', 'images', 'report'])
    expect(ids(opened)).toEqual(['group:group-2', 'group:group', 'images', 'train', 'report'])
    const [outside, inside] = project(wide).nodes.map(({ position, width = 0, height = 0 }) => ({
      ...{ left: position.x, top: position.y, right: position.x + width, bottom: position.y + height },
    }))
    expect(outside!.left).toBeLessThan(inside!.left)
    expect(outside!.top).toBeLessThan(inside!.top)
    expect(outside!.bottom).toBeGreaterThan(inside!.bottom)
    // A closed outer one hides the inner one, open or not.
    expect(ids(setGroup('group-2', { closed: true }).apply(wide))).toEqual(['group:group-2', 'images', 'report'])
  })

  it('move as far as the frame that holds them', () => {
    const frame = project(wide).nodes[0]!
    const position = { x: frame.position.x + 50, y: frame.position.y - 20 }
    const { commands } = applyChanges([{ type: 'position', id: frame.id, position, dragging: false }], contextOf(wide))
    const moved = commands.reduce((document, command) => command.apply(document), wide)
    for (const id of ['split', 'backbone', 'train']) {
      const { x, y } = placed.layout.positions[id]!
      expect(moved.layout.positions[id], id).toEqual({ x: x + 50, y: y - 20 })
    }
  })

  it('stay when the one around them is taken away, and leave their nodes to it when they are', () => {
    const outerGone = ungroup(nested, ['split', 'backbone', 'train']).apply(nested)
    expect(groupsOf(outerGone).map(({ id, parent }) => [id, parent])).toEqual([['group', null]])
    const innerGone = ungroup(nested, ['split', 'backbone']).apply(nested)
    expect(groupsOf(innerGone).map(({ id, own }) => [id, own])).toEqual([['group-2', ['train', 'split', 'backbone']]])
  })

  it('are copied as they are', () => {
    const nodes = ['split', 'backbone', 'train']
    const clip = readClip(writeClip(copySelection(nested, { ...nothingSelected, nodes })!))
    const pasted = paste(nested, clip!).apply(nested)
    const copy = groupOf(pasted, 'split-2')!
    expect(copy.own).toEqual(['split-2', 'backbone-2'])
    expect(groupsOf(pasted).find(({ id }) => id === copy.parent)?.own).toEqual(['train-2'])
    const alone = paste(nested, { ...clip!, groups: { group: clip!.groups!['group']! } }).apply(nested)
    expect(groupOf(alone, 'split-2')?.parent).toBeNull()
  })

  it('are meant by what is selected: as it is seen, all of one, else the innermost', () => {
    expect(groupMeant(nested, ['split'])?.id).toBe('group-2')
    expect(groupMeant(wide, ['split'])?.id).toBe('group')
    expect(groupMeant(wide, ['split', 'train', 'backbone'])?.id).toBe('group-2')
    expect(groupMeant(wide, ['images'])).toBeUndefined()
  })

  it('that name a group which is not there, or each other, are in none', () => {
    const groups = nested.layout.groups!
    const broken = (changes: object): GraphDocument => ({
      ...nested,
      layout: { ...nested.layout, groups: { ...groups, ...changes } },
    })
    expect(groupsOf(broken({ group: { ...groups['group']!, parent: 'nowhere' } })).map(({ parent }) => parent)).toEqual(
      [null, null],
    )
    const circle = broken({ 'group-2': { ...groups['group-2']!, parent: 'group' } })
    expect(groupsOf(circle).map(({ parent }) => parent)).toEqual([null, null])
    expect(project(circle).nodes.length).toBeGreaterThan(2)
  })
})

const seed = Date.now() % 1_000_000

it(`whatever is grouped, ungrouped and removed, each node is in one place and each group in one that is there (seed ${seed})`, () => {
  let state = seed
  const random = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return Math.floor((state / 2 ** 31) * below)
  }
  for (let round = 0; round < 40; round++) {
    let document = placed
    for (let step = 0; step < 12; step++) {
      const ids = Object.keys(document.nodes).filter(() => random(2) === 0)
      if (ids.length === 0) continue
      const [group] = groupsOf(document).filter(() => random(2) === 0)
      const choice = random(5)
      if (choice < 2 && ids.length > 1) document = groupNodes(document, ids).apply(document)
      else if (choice === 2) document = ungroup(document, group?.nodes ?? ids).apply(document)
      else if (choice === 3 && group) document = setGroup(group.id, { closed: !group.isClosed }).apply(document)
      else if (Object.keys(document.nodes).length > 3)
        document = removeSelection(document, { ...nothingSelected, nodes: ids.slice(0, 1) }, () => '').apply(document)
      const groups = groupsOf(document)
      const owned = groups.flatMap(({ own }) => own)
      const about = `seed ${seed}, round ${round}, step ${step}: ${JSON.stringify(document.layout.groups)}`
      expect(new Set(owned).size, about).toBe(owned.length)
      expect(Object.keys(document.layout.groups ?? {}).length, about).toBe(groups.length)
      for (const { parent, nodes } of groups) {
        const around = groups.find(({ id }) => id === parent)
        if (parent !== null) expect(around?.nodes, about).toEqual(expect.arrayContaining([...nodes]))
      }
      const hidden = hiddenNodes(document)
      const drawn = new Set(project(document).nodes.map(({ id }) => id))
      for (const id of Object.keys(document.nodes)) expect(drawn.has(id), about).toBe(!hidden.has(id))
      for (const { id } of drawnGroups(document)) expect(drawn.has(`group:${id}`), about).toBe(true)
    }
  }
})
