import { describe, expect, it } from 'vitest'
import { graphOf, runStubGraph, stubOptions } from '../testing/run-stub-graph.js'
import { stubLibrary } from '../testing/stub-nodes.js'

/** The node that is wired like Train goes first where it gets the largest whole number. */
const library = stubLibrary.map((node) =>
  node.type === 'engine-node'
    ? { ...node, precedence: ({ inputs }: { inputs: Record<string, unknown> }) => Math.floor(Number(inputs['value'])) }
    : node,
)
const ranOf = async (document: ReturnType<typeof graphOf>) =>
  (await runStubGraph(document, stubOptions(undefined, { library }))).ran

describe('the next node', () => {
  it('is the one that others of its type can use most of, once what they get is known', async () => {
    const nodes = {
      one: { type: 'constant' },
      small: { type: 'engine-node' },
      after: { type: 'engine-node' },
      two: { type: 'constant', params: { value: 2 } },
      plus: { type: 'sum', params: { plus: 3 } },
      large: { type: 'engine-node' },
      out: { type: 'sum' },
    }
    const wires = [
      'one.value -> small.value',
      'small.value -> after.value',
      'two.value -> plus.terms',
      'plus.value -> large.value',
      'after.value -> out.terms',
      'large.value -> out.terms',
    ]
    expect(await ranOf(graphOf(nodes, wires))).toEqual(['one', 'two', 'plus', 'large', 'small', 'after', 'out'])
  })

  it('is the first of the graph where none goes before another', async () => {
    const nodes = {
      one: { type: 'constant' },
      first: { type: 'engine-node' },
      second: { type: 'engine-node' },
      other: { type: 'constant', params: { value: 1.5 } },
      out: { type: 'sum' },
    }
    const wires = ['one.value -> first.value', 'other.value -> second.value', 'first.value -> out.terms']
    const both = [...wires, 'second.value -> out.terms', 'other.value -> out.terms']
    expect((await ranOf(graphOf(nodes, both))).filter((id) => ['first', 'second'].includes(id))).toEqual([
      'first',
      'second',
    ])
  })

  it('ends a pipeline, which may take hours, after the others of its type have computed', async () => {
    const nodes = {
      one: { type: 'constant', params: { value: 1 } },
      two: { type: 'constant', params: { value: 2 } },
      three: { type: 'constant', params: { value: 3 } },
      small: { type: 'engine-node' },
      middle: { type: 'engine-node' },
      large: { type: 'engine-node' },
      first: { type: 'write', params: { name: 'first.txt' } },
      second: { type: 'write', params: { name: 'second.txt' } },
      repeat: { type: 'write' },
    }
    const wires = ['one.value -> small.value', 'two.value -> middle.value', 'three.value -> large.value']
    const ends = ['small.value -> first.value', 'middle.value -> second.value', 'large.value -> repeat.value']
    const { ran, end } = await runStubGraph(graphOf(nodes, [...wires, ...ends]), stubOptions(undefined, { library }))
    expect(end.status).toBe('succeeded')
    expect(ran.slice(3, 5)).toEqual(['large', 'middle'])
  })

  it('waits for nothing that has failed', async () => {
    const nodes = {
      one: { type: 'constant' },
      bad: { type: 'failing' },
      small: { type: 'engine-node' },
      large: { type: 'engine-node' },
      out: { type: 'sum' },
    }
    const wires = ['bad.value -> small.value', 'one.value -> large.value', 'small.value -> out.terms']
    const run = await runStubGraph(
      graphOf(nodes, [...wires, 'large.value -> out.terms']),
      stubOptions(undefined, { library }),
    )
    expect(run.ran).toContain('large')
    expect(run.end.status).toBe('failed')
  })
})
