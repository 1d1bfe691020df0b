import { describe, expect, it } from 'vitest'
import { goodDocument } from './check/test-manifests.js'
import { parseManifest } from './manifest.js'
import { setParam } from './set-param.js'

const document = goodDocument({
  train: ['train', { epochs: 5, optimizer: { name: 'sgd', momentum: 0.9 } }],
  head: ['head', { hidden: [64, 32] }],
})
const params = (assignment: string, node = 'train') => {
  const result = setParam(document, assignment)
  return 'document' in result ? result.document.nodes[node]?.params : result.problem
}

describe('setParam', () => {
  it('reads JSON where it is JSON and text otherwise', () => {
    expect(params('train.epochs=20')).toMatchObject({ epochs: 20 })
    expect(params('train.schedule=cosine')).toMatchObject({ schedule: 'cosine' })
    expect(params('train.path=a=b')).toMatchObject({ path: 'a=b' })
    expect(params('train.layers=["a","b"]')).toMatchObject({ layers: ['a', 'b'] })
    expect(params('train.name=')).toMatchObject({ name: '' })
  })

  it('reaches into objects and lists, and may append one item', () => {
    expect(params('train.optimizer.momentum=0.5')).toEqual({ epochs: 5, optimizer: { name: 'sgd', momentum: 0.5 } })
    expect(params('head.hidden.1=16', 'head')).toEqual({ hidden: [64, 16] })
    expect(params('head.hidden.2=8', 'head')).toEqual({ hidden: [64, 32, 8] })
    expect(params('train.new.inner=1')).toMatchObject({ new: { inner: 1 } })
  })

  it('leaves the given document alone, and prototypes too', () => {
    const before = JSON.stringify(document)
    params('train.optimizer.momentum=0.1')
    expect(JSON.stringify(document)).toBe(before)
    params('train.__proto__.polluted=1')
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it.each([
    ['train.epochs', "--set train.epochs can't be read; expected node.param=value."],
    ['train=5', "--set train=5 can't be read; expected node.param=value."],
    ['train..x=5', "--set train..x=5 can't be read; expected node.param=value."],
    [
      'trian.epochs=5',
      '--set: there is no node "trian" in this graph; its nodes are data, split, backbone, head, train and report.',
    ],
    ['train.epochs.x=5', '--set: "x" can\'t be set inside 5, which has no fields.'],
    ['head.hidden.9=5', '--set: "9" is no place in a list of 2; expected a whole number from 0 to 2.'],
  ])('refuses %s', (assignment, message) => {
    expect(params(assignment)).toMatchObject({ severity: 'error', message })
  })
})

describe('parseManifest', () => {
  it('names the type and field that are wrong', () => {
    expect(() =>
      parseManifest({
        type: 'x',
        version: 1,
        title: 'X',
        category: 'Data',
        doc: '',
        inputs: { a: { kind: 'image' } },
        outputs: {},
        params: {},
      }),
    ).toThrow(/^The manifest of node type "x" is not valid: "inputs\.a\.kind": /)
  })
})
