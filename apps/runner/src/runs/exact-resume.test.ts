import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom } from '@graft/network'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { openDatabase } from '../database/open-database.js'
import { findHome } from '../home.js'
import { graphOf } from '../testing/run-stub-graph.js'
import { compiled } from '../testing/spawn-graft.js'
import { RunStore } from './run-store.js'
import { superviseRun } from './supervise-run.js'

const seed = Number(process.env.GRAFT_TEST_SEED ?? Date.now() % 1_000_000)
const kills = Number(process.env.GRAFT_TEST_KILLS ?? 1)

/**
 * Weights, optimizer, schedule and order have a state; `packages/tests/bench/kill-and-resume.mjs` does the same with
 * augmentation, deeper layers and photos.
 */
const documentOf = ({ to, ...settings }: Readonly<Record<string, string | number>>): ReturnType<typeof graphOf> =>
  graphOf(
    {
      images: { type: 'sample-data', params: { set: 'small-similar' } },
      split: { type: 'split' },
      backbone: { type: 'load-backbone' },
      strip: { type: 'strip-head' },
      head: { type: 'add-head' },
      freeze: { type: 'freeze-range', params: { to } },
      train: { type: 'train', params: { epochs: 6, batchSize: 32, ...settings } },
    },
    [
      'images.images -> split.images',
      'backbone.model -> strip.model',
      'strip.model -> head.model',
      'split.train -> head.images',
      'head.model -> freeze.model',
      'freeze.model -> train.model',
      'split.train -> train.train',
      'split.val -> train.validation',
    ],
  )
const trained = z.object({
  model: z.object({
    network: z.object({ parameters: z.record(z.string(), z.object({ source: z.object({ blob: z.string() }) })) }),
  }),
})

interface Kill {
  readonly step: number
  /** How much later the process stands still, in milliseconds. */
  readonly moment: number
}

/** One attempt at a run, killed after this many optimizer steps where that is asked for. */
async function attempt(
  store: RunStore,
  id: string,
  kill: Kill | null,
): Promise<{ weights: string | null; killed: boolean; messages: string[] }> {
  const outcome = { weights: null as string | null, killed: false, messages: [] as string[] }
  for await (const event of superviseRun(id, {
    store,
    program: compiled(kill === null ? 'process/run-child.js' : 'testing/halting-run-child.js'),
    environment: kill === null ? {} : { GRAFT_TEST_HALT: `${kill.step} ${kill.moment}` },
    cancel: new AbortController().signal,
  })) {
    if (event.type === 'log') outcome.messages.push(event.message)
    if (event.type === 'node-failed' && !outcome.killed) throw new Error(event.problem.message)
    if (
      event.type === 'node-progress' &&
      event.node === 'train' &&
      event.unit === 'steps' &&
      kill !== null &&
      event.done >= kill.step &&
      !outcome.killed
    ) {
      outcome.killed = true
      const worker = store.find(id)?.worker
      if (!worker) throw new Error('No process of the run is known.')
      process.kill(worker.pid, 'SIGKILL')
    }
    if (event.type === 'node-finished' && event.node === 'train')
      outcome.weights = Object.values(trained.parse(event.outputs).model.network.parameters)[0]?.source.blob ?? null
  }
  return outcome
}

describe('a training that is killed and resumed', () => {
  const before = { home: process.env.GRAFT_HOME, seconds: process.env.GRAFT_CHECKPOINT_SECONDS }
  beforeAll(() => {
    process.env.GRAFT_CHECKPOINT_SECONDS = '0'
  })
  afterAll(() => {
    for (const [name, value] of [
      ['GRAFT_HOME', before.home],
      ['GRAFT_CHECKPOINT_SECONDS', before.seconds],
    ] as const) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  })

  const newRun = (document: ReturnType<typeof graphOf>): { store: RunStore; id: string } => {
    process.env.GRAFT_HOME = mkdtempSync(join(tmpdir(), 'graft-resume-'))
    const store = new RunStore(openDatabase(findHome()))
    return {
      store,
      id: store.startNow({
        request: { document, graph: 'g', base: '/', engine: 'auto', ignoreCache: false, debug: false, to: ['train'] },
      }).summary.id,
    }
  }

  it.each([
    // Long enough that it tells of a step in its middle, which it does ten times a second.
    ['by itself', { to: 'stage5', epochs: 20 }],
    [
      'with every aid',
      {
        to: 'stage4',
        focalGamma: 1,
        averageDecay: 0.9,
        soup: 3,
        unfreezeEvery: 2,
        startSize: 32,
        schedule: 'plateau',
        plateauPatience: 1,
      },
    ],
  ])(
    `ends with the same weights as one that was left alone, bit for bit, %s (seed ${seed})`,
    {
      timeout: 300_000,
    },
    async (_, settings) => {
      const document = documentOf(settings)
      const alone = newRun(document)
      const { weights } = await attempt(alone.store, alone.id, null)
      expect(weights).toMatch(/^[0-9a-f]{64}$/)
      const { store, id } = newRun(document)
      const random = createRandom(seed)
      const messages: string[] = []
      for (let kill = 0; kill < kills; kill++) {
        const outcome = await attempt(store, id, {
          step: 9 + Math.floor(random() * 30),
          moment: Math.floor(random() * 20),
        })
        messages.push(...outcome.messages)
        expect(outcome.killed, `seed ${seed}`).toBe(true)
        expect(store.find(id)?.summary.status).toBe('failed')
        expect(store.resumeNow(id)).not.toBeNull()
      }
      const last = await attempt(store, id, null)
      expect([...messages, ...last.messages].join('\n'), `seed ${seed}`).toContain('Going on from a checkpoint')
      expect(last.weights, `seed ${seed}`).toBe(weights)
      expect(store.events(id).map(({ sequence }) => sequence)).toEqual(store.events(id).map((_, index) => index))
    },
  )
})
