import { check } from '@graft/graph-schema'
import { manifestOf } from '@graft/nodes'
import { describe, expect, it } from 'vitest'
import { graphOf, runStubGraph, stubOptions } from '../testing/run-stub-graph.js'
import { stubLibrary } from '../testing/stub-nodes.js'

/** `sum.plus` takes -1000 to 1000; the graph feeds it from a node instead of typing it. */
const fed = (value: number, params = {}) =>
  graphOf({ by: { type: 'constant', params: { value } }, sum: { type: 'sum', params } }, ['by.value -> sum.plus'])
const typed = (plus: number) => graphOf({ sum: { type: 'sum', params: { plus } } })

describe('a parameter that a wire feeds', () => {
  it('has the number that arrives, whatever the document says for it', async () => {
    const { end } = await runStubGraph(fed(7, { plus: 3 }), stubOptions(undefined, { to: ['sum'] }))
    expect(end).toMatchObject({ status: 'succeeded', outputs: { sum: { value: 7 } } })
  })

  it('gives the result that the same number typed gives, from the cache too', async () => {
    const options = stubOptions(undefined, { to: ['sum'] })
    await runStubGraph(typed(7), options)
    expect((await runStubGraph(fed(7), options)).ran).toEqual(['by'])
    expect((await runStubGraph(fed(8), options)).ran).toEqual(['by', 'sum'])
  })

  it('fails at its field when the number is out of range', async () => {
    const { events, end } = await runStubGraph(fed(5000), stubOptions(undefined, { to: ['sum'] }))
    expect(end.status).toBe('failed')
    expect(events.find((event) => event.type === 'node-failed')).toMatchObject({
      node: 'sum',
      problem: {
        code: 'node',
        field: 'plus',
        message: expect.stringContaining('The number 5000 arrived for "plus"'),
        fix: 'Feed it with a number from -1000 to 1000, or disconnect the wire.',
      },
    })
  })

  it('is not checked for what the document says, but for what is wired to it', () => {
    const manifests = stubLibrary.map(manifestOf)
    expect(check(fed(7, { plus: 'many' }), manifests).filter(({ severity }) => severity === 'error')).toEqual([])
    const twice = graphOf({ a: { type: 'constant' }, b: { type: 'constant' }, sum: { type: 'sum' } }, [
      'a.value -> sum.plus',
      'b.value -> sum.plus',
    ])
    expect(check(twice, manifests)).toContainEqual(expect.objectContaining({ code: 'input-taken', field: 'plus' }))
  })
})
