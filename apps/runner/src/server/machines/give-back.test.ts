import { afterAll, beforeAll, expect, it } from 'vitest'
import { call, runOf, start } from '../../testing/fleet.js'
import { startTestServer } from '../../testing/in-process-server.js'
import type { TestServer } from '../../testing/in-process-server.js'
import { graphOf } from '../../testing/run-stub-graph.js'
import { version } from '../../version.js'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ runsOn: 'workers', leaseSeconds: 600 })
})
afterAll(() => server.close())

const worker = (id: string): object => ({
  ...{ id, name: id, version, platform: 'p', processor: 'p', cores: 1, memoryTotal: 1 },
  engines: [{ id: 'tfjs', device: 'cpu' }],
  plugins: [],
})
const document = graphOf({ one: { type: 'constant' } })

/** Takes the run that waits and gives it back so many times, each time as another worker. */
async function pass(query: string, times: number): Promise<readonly string[]> {
  const taken: string[] = []
  for (let time = 0; time < times; time++) {
    const { run } = await call<{ run: { run: string; lease: string } | null }>(
      server,
      'POST',
      '/workers/take',
      worker(`worker-${query}-${time}`.replaceAll(/[^\w-]/g, '')),
    )
    if (run === null) break
    await call(server, 'POST', `/leases/${run.lease}/give-back${query}`)
    taken.push(run.run)
  }
  return taken
}

it('a run that fills the disk of every machine ends five workers at most, and then stays interrupted', async () => {
  const id = await start(server, document)
  expect(await pass('?reason=disk-full', 7)).toEqual(Array.from({ length: 5 }, () => id))
  const { run, state } = await runOf(server, id)
  expect(run).toMatchObject({ status: 'interrupted', attempts: 5 })
  expect(JSON.stringify(state)).toContain('was full, and it gave this run back')
})

it('a run whose workers are ended one after the other loses nothing by it', async () => {
  const id = await start(server, document)
  expect(await pass('', 7)).toHaveLength(7)
  expect((await runOf(server, id)).run).toMatchObject({ status: 'queued', attempts: 0 })
})

it('a run whose process the system ends on every worker is tried by five at most, each once, and is refused then', async () => {
  const own = await startTestServer({ runsOn: 'workers', leaseSeconds: 600 })
  const take = async (name: string): Promise<string | undefined> =>
    (await call<{ run: { lease: string } | null }>(own, 'POST', '/workers/take', worker(name))).run?.lease
  const giveBack = (lease = ''): Promise<unknown> =>
    call(own, 'POST', `/leases/${lease}/give-back?reason=out-of-memory`)
  try {
    const names = ['w1', 'w2', 'w3', 'w4', 'w5', 'w6']
    for (const name of names) expect(await take(name)).toBeUndefined()
    const id = await start(own, document)
    for (const name of names.slice(0, 4)) {
      await giveBack(await take(name))
      expect(await take(name), `${name} again`).toBeUndefined()
    }
    const fifth = await take('w5')
    await expect(giveBack(fifth)).rejects.toThrow('no-other-worker')
    expect((await runOf(own, id)).run).toMatchObject({ status: 'running', attempts: 5 })
  } finally {
    await own.close()
  }
})

it('refuses another reason', async () => {
  await expect(call(server, 'POST', `/leases/${'0'.repeat(32)}/give-back?reason=tired`)).rejects.toThrow(/4\d\d/)
})
