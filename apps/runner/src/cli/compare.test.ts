import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openDatabase } from '../database/open-database.js'
import { findHome } from '../home.js'
import { RunStore } from '../runs/run-store.js'
import { openBlobStore } from '../store/file-blob-store.js'
import { callStubGraft } from '../testing/call-graft.js'
import { graphOf } from '../testing/run-stub-graph.js'

const directory = mkdtempSync(join(tmpdir(), 'graft-compare-'))
beforeAll(() => void vi.stubEnv('GRAFT_HOME', join(directory, 'home')))
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(directory, { recursive: true, force: true })
})

/** An evaluation of `count` images of which those from `from` to `to` are wrong. */
const evaluation = (count: number, from: number, to: number, split = 'test') => ({
  ...{ kind: 'single-label-evaluation', title: 't', split, count, intervals: {}, classNames: ['a', 'b'] },
  ...{ calibrationBins: [], confusion: [], perClass: [], mostConfused: [], topLosses: [] },
  scores: {
    primary: 'accuracy',
    values: { accuracy: (count - to + from) / count },
    metrics: [{ name: 'accuracy', title: 'Accuracy', better: 'higher', format: 'percent' }],
  },
  predictions: Array.from({ length: count }, (_, index) => ({
    ...{ id: `${index}.jpg`, label: 0, prediction: index >= from && index < to ? 1 : 0, probability: 0.9 },
  })),
})

function file(name: string, content: unknown): string {
  const path = join(directory, name)
  writeFileSync(path, JSON.stringify(content))
  return path
}

/** A run on record that measured this; gives its id. */
async function record(detail: ReturnType<typeof evaluation>, status: 'succeeded' | 'failed' = 'succeeded') {
  const home = findHome()
  const { split, count, scores } = detail
  const blob = await openBlobStore(home.store).put(new TextEncoder().encode(JSON.stringify(detail)), 'application/json')
  const database = openDatabase(home)
  const store = new RunStore(database)
  const request = {
    document: graphOf({}),
    graph: 'g',
    base: '/',
    engine: 'auto',
    ignoreCache: false,
    debug: false,
  } as const
  const { id } = store.startNow({ request }).summary
  const metrics = { kind: 'metrics', task: 'single-label', split, count, ...scores, detail: blob }
  store.append(id, [
    { type: 'run-started', graph: 'g', nodes: ['evaluate'], engine: 'onnx' },
    { type: 'node-finished', node: 'evaluate', outputs: { metrics }, milliseconds: 1 },
    { type: 'run-finished', status, outputs: {}, milliseconds: 1 },
  ])
  database.close()
  return id
}

describe('graft compare', () => {
  it('closes the gate with code 1 on a run that is worse beyond chance, and on no other', async () => {
    const good = file('good.json', evaluation(40, 0, 2))
    // Of the right answers of A five are lost and none is won: 1 in 32. Four would be 1 in 16.
    const worse = file('worse.json', evaluation(40, 0, 7))
    const almost = file('almost.json', evaluation(40, 0, 6))
    for (const [a, b, code, text] of [
      [
        good,
        worse,
        1,
        'Gate closed: B is worse, and not by chance (limit 5%). An equally good network would do this badly or worse with a chance of 3.13%',
      ],
      [
        good,
        almost,
        0,
        'Gate passed: B is not worse beyond chance (limit 5%). An equally good network would do this badly or worse with a chance of 6.25%',
      ],
      [worse, good, 0, 'Gate passed'],
      [good, good, 0, 'Gate passed'],
    ] as const) {
      const result = await callStubGraft(['compare', a, b, '--gate'])
      expect(result.stdout).toContain(text)
      expect(result.code).toBe(code)
    }
    expect((await callStubGraft(['compare', good, almost, '--gate', '--limit', '0.1'])).code).toBe(1)
    const plain = await callStubGraft(['compare', good, worse])
    expect([plain.code, plain.stdout.includes('Gate')]).toEqual([0, false])
    expect(plain.stdout).toContain('B less A: −12.5 percentage points')
  })

  it('compares runs by their ids on the part of the data that both were evaluated on', async () => {
    const [first, second] = [await record(evaluation(40, 0, 2)), await record(evaluation(40, 0, 12))]
    const kept = join(directory, 'kept.json')
    const { code, stdout } = await callStubGraft(['compare', first, second, '--gate', '--json', '--keep', kept])
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      split: 'test',
      count: 40,
      onlyFirst: 10,
      gate: 'closed',
      worseP: 2 ** -10,
    })
    expect(JSON.parse(readFileSync(kept, 'utf8'))).toMatchObject({ kind: 'single-label-evaluation', count: 40 })
    expect((await callStubGraft(['compare', kept, second, '--gate'])).code).toBe(0)
  })

  it('says with code 2 what can’t be compared', async () => {
    const test = file('test.json', evaluation(10, 0, 1))
    const elsewhere = { ...evaluation(10, 0, 1), predictions: [] }
    for (const [words, text] of [
      [[test, file('val.json', evaluation(10, 0, 1, 'val'))], 'not evaluated on the same part'],
      [[test, file('other.json', elsewhere)], 'no two are the same'],
      [[test, file('no.json', { kind: 'training' })], 'holds no evaluation'],
      [[test, join(directory, 'absent.json')], 'can’t be read'.replace('’', "'")],
      [[test, test, '--limit', '2'], 'no chance'],
      [[test, test, '--keep', 'x'], 'read again by its ending'],
      [[test, await record(evaluation(10, 0, 1), 'failed')], 'is failed'],
    ] as const) {
      const { code, stderr } = await callStubGraft(['compare', ...words, '--gate'])
      expect(stderr).toContain(text)
      expect(code).toBe(2)
    }
  })
})
