import { execFile } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { RunEventBody } from '@graft/graph-schema'
import { beforeAll, describe, expect, it } from 'vitest'
import { graphOf } from '../testing/run-stub-graph.js'
import { compiled } from '../testing/spawn-graft.js'
import { runInChild } from './run-in-child.js'
import type { RunRequest } from './run-request.js'
import { startRunProcess } from './start-run-process.js'

const request: RunRequest = {
  runId: 'r',
  document: graphOf({ one: { type: 'constant' }, out: { type: 'write' } }, ['one.value -> out.value']),
  graph: 'g',
  base: '/',
  engine: 'auto',
  ignoreCache: false,
  debug: false,
}

async function lastEvent(
  started: ReturnType<typeof startRunProcess>,
): Promise<{ readonly last: RunEventBody | undefined; readonly pid: number | undefined }> {
  let pid: number | undefined
  const events: RunEventBody[] = []
  for await (const event of runInChild(request, {
    signal: new AbortController().signal,
    program: compiled('testing/stub-child.js'),
    started,
    onStart: (number) => (pid = number),
  }))
    events.push(event)
  return { last: events.at(-1), pid }
}

beforeAll(() => {
  process.env.GRAFT_HOME = mkdtempSync(join(tmpdir(), 'graft-started-'))
})

describe('a process of a run that is started early', () => {
  it('executes the run, whether it was ready long ago or is not yet', async () => {
    const ready = startRunProcess(compiled('testing/stub-child.js'))
    await ready.ready
    for (const started of [ready, startRunProcess(compiled('testing/stub-child.js'))]) {
      expect(await lastEvent(started)).toMatchObject({
        last: { type: 'run-finished', status: 'succeeded' },
        pid: started.child.pid,
      })
    }
  })

  it('is replaced by another one when it has ended', async () => {
    const started = startRunProcess(compiled('testing/stub-child.js'))
    const ended = new Promise((resolve) => started.child.once('close', resolve))
    started.child.ref()
    started.child.kill('SIGKILL')
    await ended
    const { last, pid } = await lastEvent(started)
    expect(last).toMatchObject({ type: 'run-finished', status: 'succeeded' })
    expect(pid).not.toBe(started.child.pid)
  })

  it('neither holds up a command that does not use it, nor outlives it', async () => {
    const script = `import(${JSON.stringify(compiled('process/start-run-process.js').href)}).then(({ startRunProcess }) => console.log(startRunProcess(new URL(${JSON.stringify(compiled('testing/stub-child.js').href)})).child.pid))`
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { timeout: 120_000 })
    const pid = Number(stdout)
    expect(pid).toBeGreaterThan(0)
    await expect.poll(() => isAlive(pid), { timeout: 60_000 }).toBe(false)
  })
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
