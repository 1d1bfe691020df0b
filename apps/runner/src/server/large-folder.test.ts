import { linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { apiBase } from '@graft/graph-schema'
import { library } from '@graft/nodes'
import sharp from 'sharp'
import { afterAll, expect, it, vi } from 'vitest'
import { startTestServer, type TestServer } from '../testing/in-process-server.js'
import { compiled } from '../testing/spawn-graft.js'

const perClass = 800
let server: TestServer
afterAll(async () => {
  vi.restoreAllMocks()
  await server.close()
})

/** Two classes of images; most are further names of a few files, which are checked one by one all the same. */
async function fill(folder: string): Promise<void> {
  const image = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#579' } })
    .png()
    .toBuffer()
  for (const name of ['one', 'two']) {
    mkdirSync(join(folder, name), { recursive: true })
    const first = join(folder, name, '0.png')
    writeFileSync(first, image)
    for (let index = 1; index < perClass; index++) linkSync(first, join(folder, name, `${index}.png`))
  }
}

/** Files of which the results are kept. */
function keptIn(home: string): number {
  const folder = join(home, 'cache', 'derived', 'image-folder')
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => Object.keys(JSON.parse(readFileSync(join(folder, name), 'utf8')) as object).length)
      .reduce((sum, count) => sum + count, 0)
  } catch {
    return 0
  }
}

/** A time limit that passes when the test says so, however slow the machine is. */
const limit = 123_456

function passLimitBy(hand: { pass: () => void }): void {
  const later = globalThis.setTimeout
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((work: () => void, milliseconds?: number) => {
    if (milliseconds === limit) hand.pass = work
    return later(work, milliseconds)
  }) as typeof setTimeout)
}

it('a folder too large to be looked at in one request is looked at in several, each going on where the last was stopped (fault 24)', {
  timeout: 300_000,
}, async () => {
  const data = mkdtempSync(join(tmpdir(), 'graft-large-'))
  await fill(data)
  const hand = { pass: () => {} }
  passLimitBy(hand)
  server = await startTestServer({
    library,
    dataRoots: [data],
    helperProgram: compiled('helper/helper-child.js'),
    limits: { inspectMilliseconds: limit },
  })
  const kept = [0]
  const statuses: number[] = []
  while (statuses.at(-1) !== 200 && statuses.length < 20) {
    let over = false
    const answered = server.send('GET', `${apiBase}/data/summary?path=${encodeURIComponent(data)}`)
    void answered.finally(() => (over = true))
    while (!over && keptIn(server.home) <= (kept.at(-1) ?? 0)) await pause(10)
    if (!over) hand.pass()
    const { status, body } = await answered
    const said = JSON.parse(body.toString()) as { count?: number; detail?: string }
    if (status === 504) expect(said.detail).toMatch(/was stopped\. Try again: what it had done is used/)
    else expect([status, said.count], JSON.stringify(said)).toEqual([200, 2 * perClass])
    statuses.push(status)
    kept.push(keptIn(server.home))
  }
  expect(statuses[0], 'stopped in the middle').toBe(504)
  expect(statuses.at(-1), 'looked at in the end').toBe(200)
  expect(kept, 'nothing that was done is lost').toEqual(kept.toSorted((a, b) => a - b))
})
