import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { onnxEngine } from '@graft/engines'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { torchOptions } from '../torch-options.js'
import { measurePython } from './measure-python.js'
import { probePython } from './probe-python.js'
import { type GroupEnd, startGroup } from './process-group.js'
import { endWaiting, takeWaiting } from './waiting-python.js'

const root = mkdtempSync(join(tmpdir(), 'graft-waiting-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const answer = '{"python":"3.9","torch":"2.9","numpy":"1","pillow":"9","threads":2,"gpus":[]}'
let folder = ''
let python = ''
beforeEach(() => {
  folder = mkdtempSync(join(root, 'one-'))
  python = join(folder, 'python3')
  // Nobody's place: whoever runs the tests may have one.
  for (const name of ['RANK', 'OMP_NUM_THREADS', 'PYTHONPATH', 'CUDA_VISIBLE_DEVICES']) vi.stubEnv(name, undefined)
})
afterEach(() => {
  endWaiting(python)
  vi.unstubAllEnvs()
})

/**
 * A program in place of Python. Both ways it tells the process's number and environment in `log`, then two events, of
 * which the second one has what it was answered.
 */
function pretend({ first = `echo '${answer}'`, taking = 'echo \'{"taken": true}\'', own = '' } = {}): void {
  const note = `echo "$$ ${'$'}{1##*/} $OMP_NUM_THREADS,$CUDA_VISIBLE_DEVICES,$RANK" >> '${folder}/log'`
  const program = `echo "one $way"; read -r told; echo "two $told"; echo "end of $way" >&2`
  const waits = `${first}\nread -r job || exit 0\necho "$job" > '${folder}/job'\n${taking}\nway=taken; ${program}`
  const starts = `${own}\nway=own; ${program}`
  writeFileSync(
    python,
    `#!/bin/sh\n${note}\ncase "$1" in\n*ready.py)\n${waits}\n;;\n*measure.py) exit 1;;\n*)\n${starts}\n;;\nesac\nexit 3\n`,
    { mode: 0o755 },
  )
}

const log = (): readonly string[] => readFileSync(join(folder, 'log'), 'utf8').trim().split('\n')
const pids = (): readonly number[] => log().map((line) => Number(line.split(' ')[0]))

async function train(processes = 1): Promise<{ readonly lines: readonly string[]; readonly end: GroupEnd }> {
  const lines: string[] = []
  const group = await startGroup({
    ...{ python, threads: 2, words: ['drive.py', '--out', 'ä b'], folder, patience: 100 },
    options: torchOptions({ processes }),
    onLine: async (line) => {
      lines.push(line)
      return line.startsWith('one') ? 'answer' : null
    },
  })
  return { end: await group.ended, lines }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(10)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // One that nobody has asked about yet is as good as gone.
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

const taken = ['one taken', 'two answer']
const own = ['one own', 'two answer']

describe.skipIf(process.platform === 'win32')('a Python that was asked what it has', () => {
  it('takes the first training with its words, and talks with it; the next one starts its own', async () => {
    pretend()
    expect(await probePython(python)).toMatchObject({ found: { path: python, torch: '2.9' } })
    const first = train()
    const second = train()
    expect((await first).lines).toEqual(taken)
    expect((await second).lines).toEqual(own)
    const job: unknown = JSON.parse(readFileSync(join(folder, 'job'), 'utf8'))
    expect(job).toEqual({ folder, words: ['drive.py', '--out', 'ä b'], threads: 2 })
    expect(log().map((line) => line.split(' ')[1])).toEqual(['ready.py', 'drive.py'])
  })

  it('answers in pieces, between lines that are printed at every start', async () => {
    const [before, after] = [answer.slice(0, 20), answer.slice(20)]
    pretend({
      first: `echo 'hello {"torch": 1}'; printf '%s' '${before}'; sleep 0.2; printf '%s\\n%s\\n' '${after}' bye`,
    })
    expect(await probePython(python)).toMatchObject({ found: { torch: '2.9' } })
    expect((await train()).lines).toEqual(taken)
  })

  it('is no Python for trainings where it answers something else, and is not kept then', async () => {
    pretend({ first: 'echo hello; exit 0' })
    expect(await probePython(python)).toEqual({ problem: 'it answered something else than was asked' })
    pretend({ first: 'echo hello; sleep 60' })
    expect(await probePython(python, 300)).toEqual({ problem: 'no answer within 0.3 s' })
    await until(() => !pids().some(isAlive))
    pretend({ first: 'kill -9 $$' })
    expect(await probePython(python)).toEqual({ problem: 'it ended with SIGKILL' })
    expect(await probePython(join(folder, 'nowhere'))).toEqual({ problem: expect.stringContaining('ENOENT') as string })
  })

  it('keeps what it said before it was taken for messages, and what follows the receipt in one piece', async () => {
    pretend({ first: `echo '${answer}'; echo early >&2`, taking: 'printf \'{"taken": true}\\nat once\\n\'' })
    await probePython(python)
    const { lines, end } = await train()
    expect(lines).toEqual(['at once', ...taken])
    expect(end.fallen).toEqual([{ rank: 0, code: 3, signal: null, ended: false, said: 'early\nend of taken\n' }])
  })

  it('fills no pipe while it waits, however much it says', async () => {
    const much = `head -c 300000 /dev/zero | tr '\\0' 'x'`
    pretend({ first: `echo '${answer}'; ${much}; echo; ${much} >&2; echo >&2` })
    await probePython(python)
    expect((await train()).lines).toEqual(taken)
  })

  it.each([
    ['has died meanwhile', { first: `echo '${answer}'; exit 7` }],
    ['dies when it is to take it', { taking: 'kill -9 $$' }],
    ['ends with an error then', { taking: 'echo "ImportError: late" >&2; exit 1' }],
  ])('is replaced by a new one that starts as ever where it %s', async (_, how) => {
    pretend(how)
    expect(await probePython(python)).toHaveProperty('found')
    const { lines, end } = await train()
    expect(lines).toEqual(own)
    expect(end.fallen).toMatchObject([{ code: 3, said: 'end of own\n' }])
  })

  it('is ended where it is stuck, or the training is cancelled while it takes it', async () => {
    const job = { folder, words: [], threads: 2 }
    pretend({ taking: 'exec sleep 60' })
    await probePython(python)
    expect(await takeWaiting(python, job, { patience: 200 })).toBeUndefined()
    await until(() => !pids().some(isAlive))
    await probePython(python)
    const controller = new AbortController()
    const offered = takeWaiting(python, job, { signal: controller.signal })
    controller.abort()
    expect(await offered).toBeUndefined()
    await until(() => !pids().some(isAlive))
  })

  it('has the environment that a new one would have, or is not used', async () => {
    pretend()
    for (const [name, value] of [
      ['OMP_NUM_THREADS', '1'],
      ['CUDA_VISIBLE_DEVICES', '5'],
      ['PYTHONPATH', '/elsewhere'],
    ] as const) {
      await probePython(python)
      vi.stubEnv(name, value)
      expect((await train()).lines).toEqual(own)
      await until(() => !pids().some(isAlive))
    }
    await probePython(python)
    expect((await train()).lines).toEqual(taken)
    expect(log().at(-1)).toMatch(/ready.py 1,5,$/)
  })

  it('is taken though another engine was loaded meanwhile, which sets what it needs in this process', async () => {
    vi.stubEnv('ORT_DISABLE_TELEMETRY', undefined)
    pretend()
    await probePython(python)
    await onnxEngine.probe()
    expect(process.env['ORT_DISABLE_TELEMETRY']).toBe('1')
    expect((await train()).lines).toEqual(taken)
  })

  it('has no place among others, though the process that asks has one from torchrun or an operator', async () => {
    pretend()
    vi.stubEnv('RANK', '3')
    await probePython(python)
    expect((await train()).lines).toEqual(taken)
    expect(log()).toEqual([expect.stringMatching(/ready.py ,,$/)])
  })

  it('is ended where several processes train, or its speed is measured: it would be in their way', async () => {
    pretend()
    await probePython(python)
    const [waits = 0] = pids()
    expect((await train(2)).lines).toEqual(own)
    await until(() => !isAlive(waits))
    const probed = await probePython(python)
    const last = pids().at(-1) ?? 0
    if ('found' in probed) await measurePython(probed.found, 'cpu', 1).catch(() => undefined)
    await until(() => !isAlive(last))
  })
})

const modules = ['probe-python', 'process-group'].map((name) =>
  fileURLToPath(new URL(`../../../dist/torch/python/${name}.js`, import.meta.url)),
)
const python3 = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).stdout?.trim()

/** A Python that has the names that ready.py asks for, and no PyTorch. */
function withStandIns(): void {
  const torch =
    '__version__ = "2.9"\nthreads = 4\ndef get_num_threads(): return threads\ndef set_num_threads(n):\n    global threads\n    threads = n\nclass cuda:\n    is_available = staticmethod(lambda: False)\n'
  for (const [name, text] of Object.entries({ torch, numpy: '__version__ = "1"\n', PIL: '__version__ = "9"\n' })) {
    mkdirSync(join(folder, 'packages', name), { recursive: true })
    writeFileSync(join(folder, 'packages', name, '__init__.py'), text)
  }
  // In one piece: print would write the end of the line by itself, and another process may come between.
  writeFileSync(join(folder, 'packages', 'sitecustomize.py'), 'import sys\nsys.stdout.write("welcome\\n")\n')
  vi.stubEnv('PYTHONPATH', join(folder, 'packages'))
  python = python3 ?? ''
}

describe.skipIf(!python3 || process.platform === 'win32')('ready.py', () => {
  it('runs a program as Python itself does, with its folder, arguments, threads and input', async () => {
    withStandIns()
    const program = [
      'import json, os, sys, torch, beside',
      'line = os.read(0, 100).decode().strip()',
      'facts = [__name__, sys.argv[1:], os.getcwd(), beside.value, torch.threads, os.environ["OMP_NUM_THREADS"], line]',
      'print(json.dumps(facts), flush=True)',
      'sys.exit(3)',
    ]
    writeFileSync(join(folder, 'drive.py'), `print("one", flush=True)\n${program.join('\n')}\n`)
    writeFileSync(join(folder, 'beside.py'), 'value = 5\n')
    expect(await probePython(python)).toMatchObject({ found: { torch: '2.9', threads: 4 } })
    const expected = JSON.stringify(['__main__', ['--out', 'ä b'], folder, 5, 2, '2', 'answer'])
    const of = ({ lines, end }: Awaited<ReturnType<typeof train>>) => [
      lines.filter((line) => line !== 'welcome').map((line) => line && line.replaceAll('", ', '",')),
      end.fallen[0]?.code,
    ]
    const first = await train()
    expect(of(first)[1]).toBe(3)
    expect(JSON.parse(first.lines[1] ?? '')).toEqual(JSON.parse(expected))
    // And the next one, which Python starts itself; torch is told its threads by the environment there.
    const second = await train()
    expect(second.lines.filter((line) => line !== 'welcome')).toEqual(
      first.lines.map((line) => line.replace('5, 2', '5, 4')),
    )
  })

  it('starts processes of its own as on macOS and Windows, where they import the program anew', async () => {
    withStandIns()
    const program = [
      'import multiprocessing, os, sys, beside',
      'if __name__ == "__main__":',
      '    sys.stdout.write("one\\n")',
      '    os.read(0, 100)',
      '    with multiprocessing.get_context("spawn").Pool(1) as pool:',
      '        sys.stdout.write(f"two {pool.map(beside.place, [2])}\\n")',
      '    sys.exit(3)',
    ]
    writeFileSync(join(folder, 'drive.py'), `${program.join('\n')}\n`)
    writeFileSync(join(folder, 'beside.py'), 'import os, sys\ndef place(n):\n    return n, os.getcwd(), sys.argv[1:]\n')
    await probePython(python)
    for (const { lines, end } of [await train(), await train()]) {
      expect(lines.filter((line) => line !== 'welcome')).toEqual(['one', `two [(2, '${folder}', ['--out', 'ä b'])]`])
      expect(end.fallen).toMatchObject([{ code: 3 }])
    }
  })

  it.skipIf(!modules.every(existsSync))('keeps nobody from ending, and ends with whoever asked it', async () => {
    withStandIns()
    const script = `
      const { probePython } = await import(${JSON.stringify(modules[0])})
      const { found } = await probePython(${JSON.stringify(python)})
      process.stdout.write(found ? 'found\\n' : 'nothing\\n')
      if (process.argv[1] === 'stay') setInterval(() => undefined, 1000)`
    const asker = (word: string) =>
      spawn(process.execPath, ['--input-type=module', '-e', script, word], { stdio: ['ignore', 'pipe', 'inherit'] })
    const leaves = asker('leave')
    const [code] = (await once(leaves, 'exit')) as [number]
    expect(code).toBe(0)
    const stays = asker('stay')
    expect(String(await once(stays.stdout, 'data'))).toContain('found')
    const waits = childrenOf(stays.pid ?? 0)
    if (process.platform === 'linux') expect(waits).toHaveLength(1)
    stays.kill('SIGKILL')
    await until(() => !waits.some(isAlive))
  })
})

/** Its children, as Linux tells them. */
function childrenOf(pid: number): readonly number[] {
  const file = `/proc/${pid}/task/${pid}/children`
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ').filter(Boolean).map(Number) : []
}
