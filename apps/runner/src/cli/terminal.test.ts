import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, openSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../database/open-database.js'
import { findHome } from '../home.js'
import { RunStore } from '../runs/run-store.js'
import { graphOf } from '../testing/run-stub-graph.js'
import { compiled, spawnStubGraft } from '../testing/spawn-graft.js'

const newHome = (): string => mkdtempSync(join(tmpdir(), 'graft-terminal-'))
const save = (home: string, params: Readonly<Record<string, unknown>> = {}): void =>
  writeFileSync(join(home, 'wait.graft.json'), JSON.stringify(graphOf({ wait: { type: 'waiting', params } })))

function start(home: string, words: readonly string[], stdout: 'pipe' | number): ChildProcess {
  return spawn(process.execPath, [fileURLToPath(compiled('testing/stub-graft.js')), ...words], {
    cwd: home,
    env: { ...process.env, GRAFT_HOME: home },
    stdio: ['ignore', stdout, 'pipe'],
  })
}
const ended = (child: ChildProcess): Promise<{ code: number | null; signal: string | null; stderr: string }> =>
  new Promise((resolve) => {
    let stderr = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('close', (code, signal) => resolve({ code, signal, stderr }))
  })
function runsOf(home: string): string[] {
  const database = openDatabase(findHome({ GRAFT_HOME: home }))
  const statuses = new RunStore(database).list().map(({ summary }) => summary.status)
  database.close()
  return statuses
}

describe('a reader that goes away (fault 5)', () => {
  it('stops the run, which then does not say that it runs', async () => {
    const home = newHome()
    // All that a run tells at first may come in one piece; only what comes later finds nobody there.
    save(home, { talks: true })
    const child = start(home, ['run', 'wait.graft.json', '--json'], 'pipe')
    const end = ended(child)
    // `head -1`: one line, then nobody reads.
    child.stdout?.once('data', () => child.stdout?.destroy())
    expect(await end).toMatchObject({ signal: null, stderr: '' })
    expect(runsOf(home)).toEqual(['cancelled'])
  })

  it.skipIf(process.platform !== 'linux')(
    'is told of when it is a full disk, without a stack trace',
    {
      timeout: 300_000,
    },
    async () => {
      const { code, stderr } = await ended(start(newHome(), ['run', 'one-and-sum'], openSync('/dev/full', 'w')))
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: expect.stringContaining("can't be written: ENOSPC") as unknown,
      })
      expect(stderr).not.toMatch(/^\s+at /m)
    },
  )
})

/** Runs a command in a terminal of its own, closes that once something was printed, and prints how the command ended. */
const closeTerminal = `
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0: os.execvp(sys.argv[1], sys.argv[1:])
text = b''
while b'Waiting' not in text: text += os.read(terminal, 4096)
os.close(terminal)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`
const hasPython = spawnSync('python3', ['--version']).status === 0
describe.skipIf(process.platform === 'win32' || !hasPython)('a terminal that is closed (fault 5)', () => {
  it('stops the run and ends the command as a closed terminal ends any other', async () => {
    const home = newHome()
    save(home)
    const program = fileURLToPath(compiled('testing/stub-graft.js'))
    const child = spawn('python3', ['-c', closeTerminal, process.execPath, program, 'run', 'wait.graft.json'], {
      cwd: home,
      env: { ...process.env, GRAFT_HOME: home, TERM: 'xterm', CI: '' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let printed = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text))
    await new Promise((resolve) => child.on('close', resolve))
    // By SIGHUP: neither an abort nor a segmentation fault.
    expect(printed.trim()).toBe('-1')
    expect(runsOf(home)).toEqual(['cancelled'])
  })
})

describe.skipIf(process.platform === 'win32')('SIGUSR1 (fault 5)', () => {
  it('opens no port for debuggers', async () => {
    const home = newHome()
    save(home)
    const child = start(home, ['run', 'wait.graft.json', '--json'], 'pipe')
    const end = ended(child)
    await new Promise((resolve) => child.stdout?.once('data', resolve))
    await pause(1000)
    child.kill('SIGUSR1')
    await pause(1000)
    child.kill('SIGTERM')
    expect((await end).stderr).not.toContain('Debugger listening')
  })
})

describe('a folder for outputs that can not be used (fault 4)', () => {
  it.each<readonly [string, string]>([
    ['is a file', 'taken'],
    ['is below a file', 'taken/deep/er'],
    ...(process.platform === 'linux' ? [['can not be made', '/proc/graft/out'] as const] : []),
  ])('is refused before the run when it %s', async (_, out) => {
    const home = newHome()
    writeFileSync(join(home, 'taken'), '')
    const { code, stdout, stderr } = await spawnStubGraft(['run', 'one-and-sum', '--out', out], home)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('Nothing can be written to')
    expect(stderr).toContain('--out')
    expect(readdirSync(home).filter((name) => name.startsWith('.'))).toEqual([])
  })
})
