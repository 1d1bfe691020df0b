import type { NodeManifest, NodeRunState } from '@graft/graph-schema'
import { describe, expect, it } from 'vitest'
import { move } from '../document/commands/arrange.js'
import { nothingSelected } from '../document/commands/command.js'
import { setParam } from '../document/commands/params.js'
import { cardSizeOf, freePlace, portNames } from '../document/graph/geometry.js'
import { testGraph, testManifests } from '../document/graph/test-graph.js'
import { cardStatus, worstProblem } from './cards/card-status.js'
import { applyChanges } from './projection/changes.js'
import type { ChangeContext } from './projection/changes.js'
import { summaryOf } from '../node-types/node-summary.js'
import { overviewFrame, placeUnder } from './view/overview-frame.js'
import { createProjector, itemOf, nothingTransient } from './projection/to-flow.js'
import type { ProjectionInput } from './projection/to-flow.js'

const graph = testGraph({ backbone: 'backbone', train: 'train', odd: 'plugin/odd' }, [
  'backbone.model > train.model',
  'train.model > odd.in',
  'odd.out > train.val',
])
const input = (change: Partial<ProjectionInput> = {}): ProjectionInput => ({
  document: graph,
  selection: nothingSelected,
  manifests: testManifests,
  measured: new Map(),
  transient: nothingTransient,
  ...change,
})

describe('the projection', () => {
  it('keeps an item the same object as long as nothing that it shows has changed', () => {
    const project = createProjector()
    const first = project(input())
    const edited = project(input({ document: setParam('train', 'epochs', 3).apply(graph) }))
    expect(edited.nodes.map((node, index) => node === first.nodes[index])).toEqual([true, false, true])
    expect(edited.edges.every((edge, index) => edge === first.edges[index])).toBe(true)
    const dragged = project(
      input({ transient: { ...nothingTransient, positions: new Map([['odd', { x: 1, y: 2 }]]) } }),
    )
    expect(dragged.nodes[2]?.position).toEqual({ x: 1, y: 2 })
    expect(dragged.nodes[0]).toBe(first.nodes[0])
  })

  it('shows unknown types as placeholders with the ports that their wires name', () => {
    const odd = createProjector()(input()).nodes.find(({ id }) => id === 'odd')
    expect(odd?.data).toMatchObject({ isUnknown: true, ports: { inputs: ['in'], outputs: ['out'] } })
    expect(createProjector()(input({ manifests: new Map() })).nodes[2]?.data).toMatchObject({ isUnknown: false })
  })

  it('gives ports to nodes that come without wires', () => {
    const project = createProjector()
    project(input())
    const grown = { ...graph, nodes: { ...graph.nodes, freeze: { type: 'freeze', version: 1, params: {} } } }
    expect(project(input({ document: grown })).nodes.find(({ id }) => id === 'freeze')?.data).toMatchObject({
      ports: { inputs: ['model'], outputs: ['model'] },
    })
  })

  it('leaves out wires that lead nowhere or are there twice', () => {
    const broken = {
      ...graph,
      edges: [
        ...graph.edges,
        ...graph.edges,
        { from: { node: 'gone', port: 'x' }, to: { node: 'train', port: 'train' } },
      ],
    }
    expect(createProjector()(input({ document: broken })).edges).toHaveLength(3)
  })

  it('names what is selected, frames behind everything', () => {
    const framed = {
      ...graph,
      layout: { ...graph.layout, frames: [{ x: 0, y: 0, width: 10, height: 10, title: 'F' }] },
    }
    const { nodes } = createProjector()(
      input({ document: framed, selection: { ...nothingSelected, frames: [0], nodes: ['train'] } }),
    )
    expect(nodes.filter(({ selected }) => selected).map(({ id }) => id)).toEqual(['frame:0', 'train'])
    expect(itemOf('frame:0')).toEqual({ kind: 'frame', index: 0 })
    expect(nodes[0]?.zIndex).toBeLessThan(0)
  })
})

const context = (change: Partial<ChangeContext> = {}): ChangeContext => ({
  document: graph,
  selection: nothingSelected,
  transient: nothingTransient,
  measured: new Map(),
  carried: new Map(),
  dragKey: 'drag:1',
  ...change,
})

describe('what React Flow reports', () => {
  it('edits the document once, at the end of a drag', () => {
    const during = applyChanges(
      [{ type: 'position', id: 'train', position: { x: 50, y: 60 }, dragging: true }],
      context(),
    )
    expect(during.commands).toEqual([])
    expect(during.transient.positions.get('train')).toEqual({ x: 50, y: 60 })
    const after = applyChanges(
      [{ type: 'position', id: 'train', position: { x: 70, y: 60 }, dragging: false }],
      context({ transient: during.transient }),
    )
    expect(after.transient).toBe(nothingTransient)
    expect(after.commands[0]?.apply(graph).layout.positions['train']).toEqual({ x: 70, y: 60 })
  })

  it('takes moves by keys as edits at once, joined into one step', () => {
    const { commands } = applyChanges(
      [{ type: 'position', id: 'train', position: { x: 5, y: 5 }, dragging: false }],
      context(),
    )
    expect(commands[0]?.coalesce).toBe('arrow-keys')
  })

  it('moves what is in a frame along with it', () => {
    const framed = {
      ...graph,
      layout: { ...graph.layout, frames: [{ x: 0, y: 0, width: 10, height: 10, title: 'F' }] },
    }
    const during = applyChanges(
      [{ type: 'position', id: 'frame:0', position: { x: 100, y: 20 }, dragging: true }],
      context({ document: framed, carried: new Map([['frame:0', ['train']]]) }),
    )
    expect(during.transient.positions.get('train')).toEqual({ x: 400, y: 20 })
  })

  it('keeps measured sizes out of the document and resizes frames at the end only', () => {
    const measured = applyChanges(
      [{ type: 'dimensions', id: 'train', dimensions: { width: 216, height: 100 } }],
      context(),
    )
    expect(measured.measured.get('train')).toEqual({ width: 216, height: 100 })
    expect(
      applyChanges(
        [{ type: 'dimensions', id: 'train', dimensions: { width: 216, height: 100 } }],
        context({ measured: measured.measured }),
      ).measured,
    ).toBe(measured.measured)
    const framed = {
      ...graph,
      layout: { ...graph.layout, frames: [{ x: 0, y: 0, width: 10, height: 10, title: 'F' }] },
    }
    const resizing = applyChanges(
      [{ type: 'dimensions', id: 'frame:0', dimensions: { width: 300, height: 200 }, resizing: true }],
      context({ document: framed }),
    )
    expect(resizing.commands).toEqual([])
    const done = applyChanges(
      [{ type: 'dimensions', id: 'frame:0', dimensions: { width: 320, height: 200 }, resizing: false }],
      context({ document: framed, transient: resizing.transient }),
    )
    expect(done.commands[0]?.apply(framed).layout.frames[0]).toMatchObject({ width: 320, height: 200 })
  })

  it('collects what is selected', () => {
    const { selection } = applyChanges(
      [
        { type: 'select', id: 'train', selected: true },
        { type: 'select', id: 'odd', selected: false },
      ],
      context({ selection: { ...nothingSelected, nodes: ['odd'] } }),
    )
    expect(selection.nodes).toEqual(['train'])
  })
})

const run = (state: Partial<NodeRunState>): NodeRunState => ({
  status: 'done',
  metrics: {},
  curves: [],
  previews: [],
  ...state,
})
const node = { type: 'train', version: 1, params: {} }

describe('what a card says', () => {
  it('tells how far a running node is, and the number that matters', () => {
    const point = (name: string, split: string, value: number, better: 'higher' | 'lower') => ({
      ...{ name, split, phase: '', epoch: 1, step: 1, value },
      metric: { name, title: `Mean ${name}`, better, format: 'percent' as const },
    })
    const status = cardStatus(
      node,
      run({
        status: 'running',
        progress: { done: 3, total: 12, unit: 'epochs', etaSeconds: 42 },
        metrics: {
          a: point('loss', 'train', 0.5, 'lower'),
          b: point('precision', 'train', 0.9, 'higher'),
          c: point('precision', 'val', 0.875, 'higher'),
        },
      }),
      false,
      '',
    )
    expect(status).toMatchObject({
      text: '3/12 epochs · 45 s left',
      progress: 0.25,
      metric: { text: 'val 87.5%', title: 'val mean precision 87.5%' },
    })
  })

  it('marks results of an older graph, and nodes that will not run', () => {
    expect(cardStatus(node, run({ milliseconds: 1500 }), false, '').text).toBe('Done in 1.5 s')
    expect(cardStatus(node, run({}), true, '').tone).toBe('stale')
    const failed = { ...run({}), status: 'failed' } as const
    expect(cardStatus(node, failed, false, '').text).toBe('Failed')
    expect(cardStatus(node, failed, true, '').text).toBe('Out of date')
    expect(cardStatus({ ...node, muted: true }, run({}), false, '').text).toBe('Muted')
    expect(cardStatus(node, undefined, false, 'epochs 3').text).toBe('epochs 3')
  })

  it('sums up the fields that differ from their defaults', () => {
    expect(summaryOf(node, testManifests.get('train'))).toBe('Defaults')
    expect(summaryOf({ ...node, params: { epochs: 10 } }, testManifests.get('train'))).toBe('Defaults')
    expect(summaryOf({ ...node, params: { epochs: 40 } }, testManifests.get('train'))).toBe('epochs 40')
    expect(summaryOf({ ...node, type: 'plugin/odd' }, undefined)).toBe('plugin/odd')
  })

  it('does not say what the method in use does not read', () => {
    const manifest = {
      ...testManifests.get('train'),
      params: {
        properties: {
          method: { type: 'string', default: 'descent' },
          epochs: {
            type: 'integer',
            title: 'Epochs',
            default: 30,
            appliesWhen: { field: 'method', values: ['descent'] },
          },
        },
      },
    } as unknown as NodeManifest
    const set = { ...node, params: { epochs: 40 } }
    expect(summaryOf(set, manifest)).toBe('epochs 40')
    expect(summaryOf({ ...set, params: { ...set.params, method: 'solver' } }, manifest)).toBe('solver')
  })

  it('shows the worst problem', () => {
    expect(worstProblem([])).toBeNull()
    expect(
      worstProblem([
        { code: 'a', severity: 'error', message: 'A', fix: '' },
        { code: 'b', severity: 'info', message: 'B', fix: '' },
      ]),
    ).toEqual({ severity: 'error', count: 2, text: 'A\nB' })
  })
})

describe('places', () => {
  it('finds a free one near the wanted', () => {
    const size = cardSizeOf(portNames(graph, 'train', testManifests.get('train')))
    const boxes = [{ x: 0, y: 0, ...size }]
    expect(freePlace({ x: 3, y: 4 }, size, boxes).y).toBeGreaterThanOrEqual(size.height)
    expect(freePlace({ x: 1000, y: 4 }, size, boxes)).toEqual({ x: 1000, y: 0 })
    expect(
      move(graph, { nodes: new Map([['train', { x: 0.4, y: 1.6 }]]) }).apply(graph).layout.positions['train'],
    ).toEqual({ x: 0, y: 2 })
  })
})

describe('the overview', () => {
  it('shows graph and view, and leads back to places', () => {
    const frame = overviewFrame(
      [{ x: 0, y: 0, width: 200, height: 100 }],
      { x: -500, y: 0, zoom: 0.5, width: 400, height: 300 },
      { width: 168, height: 112 },
    )
    expect(frame.view).toEqual({ x: 1000, y: -0, width: 800, height: 600 })
    for (const place of [
      { x: 0, y: 0 },
      { x: 1800, y: 600 },
    ]) {
      const point = { x: frame.offset.x + place.x * frame.scale, y: frame.offset.y + place.y * frame.scale }
      expect(point.x >= 0 && point.x <= 168 && point.y >= 0 && point.y <= 112).toBe(true)
      expect(placeUnder(frame, point).x).toBeCloseTo(place.x)
    }
  })
})
