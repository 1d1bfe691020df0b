import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunEvent } from '@graft/graph-schema'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openDatabase } from '../database/open-database.js'
import { findHome } from '../home.js'
import { resumedAt } from '../testing/fleet.js'
import { graphOf } from '../testing/run-stub-graph.js'
import { compiled } from '../testing/spawn-graft.js'
import { RunStore } from './run-store.js'
import { superviseRun } from './supervise-run.js'

const before = { home: process.env.GRAFT_HOME, seconds: process.env.GRAFT_CHECKPOINT_SECONDS }
beforeEach(() => {
  process.env.GRAFT_HOME = mkdtempSync(join(tmpdir(), 'graft-together-'))
  process.env.GRAFT_CHECKPOINT_SECONDS = '0'
})
afterEach(() => {
  for (const [name, value] of [
    ['GRAFT_HOME', before.home],
    ['GRAFT_CHECKPOINT_SECONDS', before.seconds],
  ] as const)
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
})

const document = graphOf({ count: { type: 'counting', params: { steps: 5 } }, end: { type: 'failing' } }, [
  'count.value -> end.value',
])

/** Nodes that are run in a first attempt, and in a second one, and where the second one goes on. */
async function twice(nodes: number): Promise<readonly (readonly string[] | number[])[]> {
  const store = new RunStore(openDatabase(findHome()))
  const { id } = store.startNow({
    request: {
      document,
      graph: 'g',
      base: '/',
      engine: 'auto',
      ignoreCache: true,
      debug: false,
      to: ['end'],
      together: { nodes },
    },
  }).summary
  const attempt = async (): Promise<readonly RunEvent[]> => {
    const events: RunEvent[] = []
    const program = compiled('testing/stub-child.js')
    for await (const event of superviseRun(id, { store, program, cancel: new AbortController().signal }))
      events.push(event)
    return events
  }
  const ran = (events: readonly RunEvent[]): readonly string[] =>
    events.flatMap((event) => (event.type === 'node-started' ? [event.node] : []))
  const first = await attempt()
  expect(store.resumeNow(id)).not.toBeNull()
  const second = await attempt()
  return [ran(first), ran(second), [...resumedAt(second)]]
}

it('a resumed run does not do again what it has done', async () => {
  expect(await twice(1)).toEqual([['count', 'end'], ['end'], []])
})

it('but where it trains with other machines it meets them again, at the last checkpoint of what it has done', async () => {
  expect(await twice(2)).toEqual([['count', 'end'], ['count', 'end'], [5]])
})
