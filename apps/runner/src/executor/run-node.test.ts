import { NodeError, readSamples } from '@graft/nodes'
import { expect, it } from 'vitest'
import { graphOf, runStubGraph, stubOptions } from '../testing/run-stub-graph.js'
import type { StubRun } from '../testing/run-stub-graph.js'
import { stubLibrary } from '../testing/stub-nodes.js'

/** A node that reads the list of samples `samples`. */
const reading = (samples: { readonly sha256: string }): typeof stubLibrary =>
  stubLibrary.map((node) =>
    node.type === 'constant'
      ? { ...node, run: async ({ context }) => ({ value: (await readSamples({ samples }, context.store)).length }) }
      : node,
  )

async function runOver(path: string): Promise<StubRun> {
  const options = stubOptions()
  const line = JSON.stringify({ id: 'a', label: 0, fingerprint: 'f', path })
  const samples = await options.store.put(new TextEncoder().encode(line), 'application/x-ndjson')
  const checkPath = (named: string): void => {
    if (named.includes('Pictures')) throw new NodeError(null, `"${named}" was not sent.`, 'Send it.')
  }
  const store = { ...options.store, checkPath }
  return runStubGraph(graphOf({ one: { type: 'constant' } }), { ...options, store, library: reading(samples) })
}

it('a node reads a list of images only where the store lets its files be opened', async () => {
  expect((await runOver('/mirror/a.jpg')).end.status).toBe('succeeded')
  const refused = await runOver('/home/w/Pictures/own.jpg')
  expect(refused.end.status).toBe('failed')
  expect(refused.events.find((event) => event.type === 'node-failed')).toMatchObject({
    problem: { message: '"/home/w/Pictures/own.jpg" was not sent.', fix: 'Send it.' },
  })
})
