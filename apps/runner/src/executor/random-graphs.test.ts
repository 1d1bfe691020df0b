import { descendants } from '@graft/graph-schema'
import type { GraphDocument } from '@graft/graph-schema'
import { describe, expect, it } from 'vitest'
import { graphOf, runStubGraph, stubOptions } from '../testing/run-stub-graph.js'
import type { StubNode } from '../testing/run-stub-graph.js'

/** mulberry32: small, and the same everywhere. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * A random acyclic graph of sums whose nodes stand in the document in random order. Every node adds another number, so
 * that no two are the same work.
 */
function randomGraph(random: () => number): GraphDocument {
  const count = 2 + Math.floor(random() * 12)
  const wires: string[] = []
  for (let to = 1; to < count; to++)
    for (let from = 0; from < to; from++) if (random() < 0.3) wires.push(`n${from}.value -> n${to}.terms`)
  const nodes = Array.from({ length: count }, (_, index): [string, StubNode, number] => [
    `n${index}`,
    { type: 'sum', params: { plus: 2 ** index % 997 } },
    random(),
  ])
  return graphOf(Object.fromEntries(nodes.sort((a, b) => a[2] - b[2]).map(([id, node]) => [id, node])), wires)
}

describe('random graphs', () => {
  const seed = Number(process.env.GRAFT_TEST_SEED ?? Date.now() % 1_000_000)

  it(`run in order, and a changed parameter re-runs exactly the node and what follows it (seed ${seed})`, async () => {
    const random = randomOf(seed)
    for (let round = 0; round < 25; round++) {
      const document = randomGraph(random)
      const ids = Object.keys(document.nodes)
      const options = stubOptions(undefined, { to: ids })
      const first = await runStubGraph(document, options)
      expect([...first.ran].sort()).toEqual([...ids].sort())
      for (const { from, to } of document.edges)
        expect(first.ran.indexOf(from.node), `seed ${seed} round ${round}`).toBeLessThan(first.ran.indexOf(to.node))
      const changed = ids[Math.floor(random() * ids.length)] as string
      const node = document.nodes[changed]
      if (node) document.nodes[changed] = { ...node, params: { plus: -1 } }
      const second = await runStubGraph(document, options)
      expect([...second.ran].sort(), `seed ${seed} round ${round}`).toEqual(
        [...descendants(document, [changed])].sort(),
      )
      for (const id of second.ran)
        expect(second.reasons[id], `seed ${seed} round ${round}`).toContain(
          `${changed}.plus changed ${String(node?.params.plus)} -> -1`,
        )
    }
  })
})
