import { describe, expect, it } from 'vitest'
import { compatibleTypes, connectionRefusal, targetsOf } from './connect.js'
import type { Side } from './connect.js'
import { testGraph, testManifests } from './test-graph.js'

const graph = testGraph(
  { images: 'images', split: 'split', augment: 'augment', backbone: 'backbone', train: 'train', odd: 'plugin/odd' },
  ['images.images > split.images', 'split.train > augment.images'],
)
const refusal = (from: string, to: string) => {
  const end = (text: string) => ({ node: text.split('.')[0]!, port: text.split('.')[1]! })
  return connectionRefusal(graph, testManifests, end(from), end(to))
}

describe('whether a wire may be drawn', () => {
  it('allows what fits', () => {
    expect(refusal('backbone.model', 'train.model')).toBeNull()
    expect(refusal('split.train', 'train.train')).toBeNull()
    expect(refusal('augment.images', 'train.train')).toBeNull()
  })

  it('says why in the words of check: other kind, wrong split, also through nodes that pass data on', () => {
    expect(refusal('backbone.model', 'train.train')?.message).toMatch(
      /takes a dataset, but "model" of Backbone \(backbone\) gives a model/,
    )
    expect(refusal('split.test', 'train.train')?.message).toMatch(/would learn the very images that it is judged by/)
    expect(refusal('augment.images', 'train.val')?.message).toMatch(
      /takes val data, but "images" of Augment \(augment\) gives train data/,
    )
  })

  it('refuses loops and a node’s own output', () => {
    expect(refusal('augment.images', 'split.images')?.message).toMatch(/loop/)
    expect(refusal('augment.images', 'augment.images')?.message).toMatch(/itself/)
  })

  it('refuses ports of types that are not installed', () =>
    expect(refusal('odd.out', 'train.model')?.message).toMatch(/not installed/))
})

describe('what fits', () => {
  it('lists the ports to which a wire may lead, what it would replace, and at last those that refuse it', () => {
    const targets = (node: string, port: string, side: Side): unknown =>
      targetsOf(graph, testManifests, { node, port }, side)
        .filter(({ refusal }) => refusal === null)
        .map(({ end, replaces }) => [`${end.node}.${end.port}`, replaces])
    expect(targets('split', 'train', 'output')).toEqual([['train.train', null]])
    expect(targets('train', 'val', 'input')).toEqual([['split.val', null]])
    expect(targets('images', 'images', 'output')).toEqual([['augment.images', 'split.train -> augment.images']])
    const refusals = targetsOf(graph, testManifests, { node: 'split', port: 'train' }, 'output').map(
      ({ refusal }) => refusal !== null,
    )
    expect(refusals).toEqual([...refusals].sort())
    expect(refusals.at(-1)).toBe(true)
  })

  it('lists the types that take a loose wire', () => {
    expect(
      compatibleTypes(graph, testManifests, { node: 'split', port: 'val' }, 'output').map(
        ({ manifest, port }) => `${manifest.type}.${port}`,
      ),
    ).toEqual(['augment.images', 'train.val'])
    expect(
      compatibleTypes(graph, testManifests, { node: 'train', port: 'model' }, 'input').map(
        ({ manifest }) => manifest.type,
      ),
    ).toEqual(['backbone', 'freeze', 'train'])
  })
})
