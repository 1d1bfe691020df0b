import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GraphDocument } from '@graft/graph-schema'
import { describe, expect, it } from 'vitest'
import { graphOf } from '../testing/run-stub-graph.js'
import { openDatabase } from '../database/open-database.js'
import { findHome } from '../home.js'
import { RunStore } from '../runs/run-store.js'
import { callStubGraft } from '../testing/call-graft.js'
import { spawnStubGraft } from '../testing/spawn-graft.js'

const newHome = (): string => mkdtempSync(join(tmpdir(), 'graft-cli-'))
const save = (home: string, document: GraphDocument): string => {
  writeFileSync(join(home, 'my.graft.json'), JSON.stringify(document))
  return 'my.graft.json'
}

describe('graft run', () => {
  it('runs a template, shows a table, and writes the output files; the second time it reuses and says why', async () => {
    const home = newHome()
    const first = await spawnStubGraft(['run', 'one-and-sum'], home)
    expect(first).toMatchObject({ code: 0, stderr: '' })
    expect(first.stdout).toMatch(/Sum\s+done/)
    const path = join(home, 'graft-out', 'one-and-sum', 'number.txt')
    expect(first.stdout).toContain(`wrote ${path}`)
    expect(readFileSync(path, 'utf8')).toBe('1')
    const second = await spawnStubGraft(['run', 'one-and-sum', '--set', 'add.plus=4', '--out', 'elsewhere'], home)
    expect(second.stdout).toContain('= Constant  reused: nothing changed')
    expect(second.stdout).toContain('> Sum  add.plus changed 0 -> 4')
    expect(readFileSync(join(home, 'elsewhere', 'number.txt'), 'utf8')).toBe('5')
  })

  it('prints no control codes when the output is not a terminal', async () => {
    const { stdout } = await spawnStubGraft(['run', 'one-and-sum'], newHome())

    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/)
  })

  it('prints one event per line and nothing else with --json, and records the same events', async () => {
    const home = newHome()
    const { code, stdout, stderr } = await spawnStubGraft(['run', 'one-and-sum', '--json'], home)
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; sequence: number; run: string })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(events.map((event) => event.sequence)).toEqual(events.map((_, index) => index))
    expect(events.at(-1)?.type).toBe('run-finished')
    const store = new RunStore(openDatabase(findHome({ GRAFT_HOME: home })))
    const run = events[0]?.run ?? ''
    expect(store.events(run)).toEqual(events)
    expect(store.find(run)?.summary).toMatchObject({
      status: 'succeeded',
      graphName: 'stub',
      progress: { done: 3, total: 3 },
    })
    expect(store.requestOf(run).graph).toBe('template:one-and-sum')
  })

  it('runs only what --to needs', async () => {
    const { code, stdout } = await spawnStubGraft(['run', 'one-and-sum', '--to', 'add'], newHome())
    expect(code).toBe(0)
    expect(stdout).not.toContain('Write')
  })

  it('runs everything again with --no-cache', async () => {
    const home = newHome()
    await spawnStubGraft(['run', 'one-and-sum'], home)
    expect((await spawnStubGraft(['run', 'one-and-sum', '--no-cache'], home)).stdout).toContain(
      '> Constant  the cache was not asked',
    )
  })

  it('ends with 1 when a node fails, and says where, what and how to fix it', async () => {
    const home = newHome()
    const graph = save(home, graphOf({ bad: { type: 'failing' }, out: { type: 'write' } }, ['bad.value -> out.value']))
    const { code, stdout } = await spawnStubGraft(['run', graph], home)
    expect(code).toBe(1)
    expect(stdout).toContain('error bad.how: It was told to fail.\n    fix: Tell it something else.')
    expect(stdout).not.toContain('    at ')
  })

  it('ends with 1 and a clear message when the process of the run is killed', async () => {
    const home = newHome()
    const graph = save(
      home,
      graphOf({ bad: { type: 'failing', params: { how: 'crash' } }, out: { type: 'write' } }, [
        'bad.value -> out.value',
      ]),
    )
    const { code, stdout } = await spawnStubGraft(['run', graph], home)
    expect(code).toBe(1)
    expect(stdout).toContain(
      'The process of the run was ended by the system (SIGKILL) while "bad" was running, most likely because memory ran out.',
    )
  })

  it.each([
    ['an unknown template', ['run', 'one-and-sm'], 'Did you mean "one-and-sum"?'],
    ['a wrong value', ['run', 'one-and-sum', '--set', 'add.plus=many'], 'error add.plus'],
    ['an unknown parameter', ['run', 'one-and-sum', '--set', 'add.plu=3'], 'Did you mean "plus"?'],
    ['an unknown node in --set', ['run', 'one-and-sum', '--set', 'ad.plus=3'], 'Did you mean "add"?'],
    ['a malformed --set', ['run', 'one-and-sum', '--set', 'plus'], 'expected node.param=value'],
    ['an unknown node in --to', ['run', 'one-and-sum', '--to', 'ad'], 'Did you mean "add"?'],
    ['an unknown engine', ['run', 'one-and-sum', '--engine', 'abacus'], 'Allowed choices are auto, onnx, tfjs'],
    ['no graph', ['run'], "missing required argument 'graph'"],
    ['a file in place of a run', ['show', new URL(import.meta.url).pathname], 'looks into a network'],
    ['an unknown command', ['rum'], 'run'],
    ['a folder', ['validate', '.'], 'is a folder'],
    ['an unknown node type', ['nodes', 'summ'], 'Did you mean "sum"?'],
    ['an unknown template to print', ['templates', 'two'], 'The templates are one-and-sum'],
  ])('ends with 2 and a fix for %s', async (_, words, text) => {
    const { code, stdout, stderr } = await callStubGraft(words)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(text)
    expect(stderr).not.toContain('    at ')
  })

  it('ends with 130 on Ctrl-C, with the run finished as cancelled', async () => {
    const home = newHome()
    const graph = save(
      home,
      graphOf({ wait: { type: 'waiting' }, out: { type: 'write' } }, ['wait.value -> out.value']),
    )
    let interrupted = false
    const { code, stdout, stderr } = await spawnStubGraft(['run', graph, '--json'], home, (printed, id) => {
      if (interrupted || !printed.includes('"metric"')) return
      interrupted = true
      process.kill(id, 'SIGINT')
    })
    expect(code).toBe(130)
    expect(stdout.trimEnd().split('\n').at(-1)).toContain('"status":"cancelled"')
    expect(stderr).toContain('press Ctrl-C again')
  })

  it('stops at once on a second Ctrl-C, even a node that does not listen', async () => {
    const home = newHome()
    const graph = save(
      home,
      graphOf({ wait: { type: 'waiting', params: { stubborn: true } }, out: { type: 'write' } }, [
        'wait.value -> out.value',
      ]),
    )
    let interrupts = 0
    const interruptOnce = (interrupt: number, isTime: boolean, id: number): void => {
      if (interrupts !== interrupt || !isTime) return
      interrupts += 1
      process.kill(id, 'SIGINT')
    }
    const { code, stdout } = await spawnStubGraft(
      ['run', graph, '--json'],
      home,
      (printed, id) => interruptOnce(0, printed.includes('"metric"'), id),
      // Two of a kind at once would reach a busy process as one.
      (complained, id) => interruptOnce(1, complained.includes('press Ctrl-C again'), id),
    )
    expect(code).toBe(130)
    expect(stdout.trimEnd().split('\n').at(-1)).toContain('"status":"cancelled"')
  })
})

describe('a run that was killed between its end and its files (fault 27)', () => {
  it('gives them when it is resumed, and says that there is nothing left to run', async () => {
    const home = newHome()
    await spawnStubGraft(['run', 'one-and-sum', '--out', 'gone'], home)
    const resumed = await spawnStubGraft(['resume', 'last', '--out', 'again'], home)
    expect(resumed).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/nothing left to run.*wrote .*again/s) as unknown,
    })
    expect(readdirSync(join(home, 'again'))).toEqual(readdirSync(join(home, 'gone')))
  })
})

describe('a script that resumes the last run', () => {
  it('is told apart whether there is none yet (2) or one that can’t be resumed (1)', async () => {
    const home = newHome()
    expect(await spawnStubGraft(['resume', 'last'], home)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no run yet') as unknown,
    })
    const document = graphOf({ one: { type: 'constant' } })
    const request = { document, graph: 'g', base: '/', engine: 'auto', ignoreCache: false, debug: false }
    // It belongs to this process, which is alive.
    const store = new RunStore(openDatabase(findHome({ GRAFT_HOME: home })))
    store.startNow({ request })
    expect(await spawnStubGraft(['resume', 'last'], home)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is running') as unknown,
    })
  })

  it('ends with 1 too where the run is refused this time, which leaves its checkpoints', async () => {
    const home = newHome()
    const document = graphOf({ one: { type: 'of-a-plugin-that-is-gone' } })
    const request = { document, graph: 'g', base: '/', engine: 'auto', ignoreCache: false, debug: false }
    const store = new RunStore(openDatabase(findHome({ GRAFT_HOME: home })))
    const { id } = store.startNow({ request }).summary
    store.append(id, [{ type: 'run-finished', status: 'failed', outputs: {}, milliseconds: 0 }])
    expect(await spawnStubGraft(['resume', 'last'], home)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('of-a-plugin-that-is-gone') as unknown,
    })
  })
})

describe('the other commands', () => {
  it('validate lists every problem and ends with 2, or says that the graph can be run', async () => {
    const home = newHome()
    const graph = save(
      home,
      graphOf({ one: { type: 'constant', params: { value: 'x', colour: 1 } }, out: { type: 'write' } }),
    )
    const bad = await callStubGraft(['validate', join(home, graph)])
    expect(bad.code).toBe(2)
    for (const text of ['one.value', 'one.colour', 'out.value', '3 errors']) expect(bad.stdout).toContain(text)
    expect(await callStubGraft(['validate', 'one-and-sum'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('The graph can be run.'),
    })
  })

  it('templates prints a graph that run accepts', async () => {
    const home = newHome()
    writeFileSync(join(home, 'copy.graft.json'), (await callStubGraft(['templates', 'one-and-sum'])).stdout)
    expect(await spawnStubGraft(['run', 'copy.graft.json'], home)).toMatchObject({ code: 0 })
    expect(readdirSync(join(home, 'graft-out'))).toEqual(['copy'])
  })

  it('nodes explains a node: ports, parameters, defaults', async () => {
    const { stdout } = await callStubGraft(['nodes', 'sum'])
    for (const text of ['Adds numbers.', 'terms', 'a number from -1000 to 1000, default 0'])
      expect(stdout).toContain(text)
  })
})
