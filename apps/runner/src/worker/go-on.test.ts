import { join } from 'node:path'
import type { GraphDocument } from '@graft/graph-schema'
import { afterEach, expect, it } from 'vitest'
import { giveCheckpoint } from '../checkpoints/given-checkpoint.js'
import {
  counted,
  counting,
  call,
  ended,
  eventsOf,
  Fleet,
  hashOf,
  heldCounting,
  resumedAt,
  runOf,
  shortLease,
  start,
  undisturbed,
  until,
} from '../testing/fleet.js'
import { spawnStubGraft } from '../testing/spawn-graft.js'

// Runs that were on several machines, and go on: from the newest state that any of them has sent, to the same result.
const fleet = new Fleet()
afterEach(() => fleet.end())

it('graft resume goes on from the newest checkpoint that any worker has sent, to the result of one machine', async () => {
  const server = await fleet.serve(shortLease)
  const held = heldCounting(1, 150)
  const id = await start(server, held.document)
  const first = fleet.worker(server, 'first')
  await counted(server, id, 'first', 5)
  await first.stop('SIGTERM')
  const second = fleet.worker(server, 'second')
  const reached = await counted(server, id, 'second', 30)
  await call(server, 'POST', `/runs/${id}/cancel`)
  await second.stop('SIGKILL')
  await until(async () => (await runOf(server, id)).run.status === 'cancelled')
  held.letGo()
  const { code, stdout } = await spawnStubGraft(['resume', id.slice(-6)], server.home)
  expect(code, stdout).toBe(0)
  const [ofSecond = 0, here = 0, ...more] = resumedAt(await eventsOf(server, id))
  expect([ofSecond >= 5, here >= reached - 1, more]).toEqual([true, true, []])
  expect(hashOf(await runOf(server, id))).toBe(await undisturbed(1, 150))
})

it('a run without earlier results takes none on the next machine either, but those that it has made itself', async () => {
  const server = await fleet.serve()
  const held = heldCounting(1, 60)
  const early = { type: 'counting', version: 1, params: { steps: 3 } }
  const { nodes, edges } = held.document
  const graph: GraphDocument = {
    ...held.document,
    nodes: { early, ...nodes },
    edges: [{ from: { node: 'early', port: 'value' }, to: { node: 'count', port: 'value' } }, ...edges],
  }
  held.letGo()
  const first = fleet.worker(server, 'first')
  expect((await ended(server, await start(server, graph))).run.status).toBe('succeeded')
  held.hold()
  const id = await start(server, graph, { ignoreCache: true })
  await counted(server, id, 'first', 5)
  await first.stop('SIGTERM')
  held.letGo()
  fleet.worker(server, 'second')
  expect((await ended(server, id)).run).toMatchObject({ status: 'succeeded', host: 'second' })
  const events = await eventsOf(server, id)
  const nodesOf = (type: string): readonly string[] =>
    events.flatMap((event) => (event.type === type && 'node' in event ? [String(event.node)] : []))
  expect(nodesOf('node-cached')).toEqual(['early'])
  expect(nodesOf('node-finished')).toEqual(['early', 'count', 'out'])
  expect(resumedAt(events)).toHaveLength(1)
})

it('a worker begins with the checkpoint that a run was given, and its result is not taken for that of the graph alone', async () => {
  const server = await fleet.serve()
  const id = await start(server, counting(1, 12))
  const state = new TextEncoder().encode(JSON.stringify({ step: 7, sum: 1 }))
  await giveCheckpoint(join(server.home, 'checkpoints', id), 'count', state)
  fleet.worker(server, 'one')
  const given = await ended(server, id)
  expect(resumedAt(await eventsOf(server, id))).toEqual([7])
  const plain = await ended(server, await start(server, counting(1, 12)))
  expect(plain.nodes['count']?.status).toBe('done')
  expect(hashOf(plain)).not.toBe(hashOf(given))
})
