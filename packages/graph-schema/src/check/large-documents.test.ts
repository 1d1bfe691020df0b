import { describe, expect, it } from 'vitest'
import { documentLimits, emptyDocument } from '../index.js'
import type { GraphDocument, NodeManifest } from '../index.js'
import { check } from './check.js'
import { testManifests } from './test-manifests.js'

/** Counts how often the edges are looked through from one end to the other. */
function countingEdges(document: GraphDocument): { readonly document: GraphDocument; walks(): number } {
  let walks = 0
  const edges = new Proxy(document.edges, {
    get: (target, key, receiver) => {
      if (key === '0') walks++
      return Reflect.get(target, key, receiver) as unknown
    },
  })
  return { document: { ...document, edges }, walks: () => walks }
}

const passing = testManifests.find(({ type }) => type === 'augment') as NodeManifest

/** Nodes one after the other. */
function chain(length: number, changes: (index: number) => object = () => ({})): GraphDocument {
  const [output, { kind }] = Object.entries(passing.outputs)[0] as [string, { kind: string }]
  const [input] = Object.entries(passing.inputs).find(([, port]) => port.kind === kind) as [string, unknown]
  return {
    ...emptyDocument('chain'),
    nodes: Object.fromEntries(
      Array.from({ length }, (_, index) => [
        `n${index}`,
        { type: passing.type, version: 1, params: {}, ...changes(index) },
      ]),
    ),
    edges: Array.from({ length: length - 1 }, (_, index) => ({
      from: { node: `n${index}`, port: output },
      to: { node: `n${index + 1}`, port: input },
    })),
  }
}

describe('a large document (fault 23)', () => {
  it.each([
    ['all active', () => ({})],
    ['every second node bypassed', (index: number) => ({ bypassed: index % 2 === 1 })],
  ])('is checked without looking through all edges for every node: %s', (_, changes) => {
    const walksFor = (length: number): number => {
      const { document, walks } = countingEdges(chain(length, changes))
      check(document, testManifests)
      return walks()
    }
    expect(walksFor(400)).toBe(walksFor(40))
  })

  it('gives problems whose texts stay short, however many nodes they are about (fault 27)', () => {
    const muted = chain(1000, (index) => ({ muted: index % 2 === 0 }))
    const lengths = check(muted, testManifests).map(({ message }) => message.length)
    expect(lengths.length).toBeGreaterThan(900)
    expect(Math.max(...lengths)).toBeLessThan(1000)
  })

  it('is bounded far above what people draw', () => {
    expect(documentLimits.nodes).toBe(5000)
  })
})
