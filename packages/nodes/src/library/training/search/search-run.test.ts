import { must } from '@graft/errors'
import { describeScores } from '@graft/graph-schema'
import type { GraphDocument, MetricsValue, SearchCandidate, SearchDetail } from '@graft/graph-schema'
import { beforeAll, describe, expect, it } from 'vitest'
import { embeddedBackbones, loadEmbeddedBackbone } from '../../../backbones/index.js'
import { mulberry32 } from '../../../random.js'
import { readDetail, storeDetail } from '../../../sdk/metrics-detail.js'
import type { DerivedRuns } from '../../../sdk/derived-runs.js'
import { NodeError } from '../../../sdk/node-error.js'
import type { ModelValue } from '../../../sdk/values.js'
import { createTestContext } from '../../../testing/test-context.js'
import { Search } from './search-run.js'
import { searchParams } from './search-params.js'
import { scoreMetric } from './describe-search.js'

let model: ModelValue
beforeAll(async () => {
  const { network } = await loadEmbeddedBackbone(must(embeddedBackbones[0], 'an embedded network'))
  model = { kind: 'model', network }
})

const document: GraphDocument = {
  ...{ format: 'graft-graph', version: 1, name: '', description: '', layout: { positions: {}, frames: [], notes: [] } },
  nodes: Object.fromEntries(
    ['load-backbone', 'split', 'search'].map((type) => [
      type === 'search' ? 'node' : type,
      { type, version: 1, params: {} },
    ]),
  ),
  edges: [
    { from: { node: 'load-backbone', port: 'model' }, to: { node: 'node', port: 'models' } },
    { from: { node: 'split', port: 'train' }, to: { node: 'node', port: 'train' } },
  ],
}
/** Candidates that differ by their rate, which is how good they are. */
const candidatesOf = (qualities: readonly number[]): readonly SearchCandidate[] =>
  qualities.map((rate) => ({
    ...{ network: 0, name: 'net', removed: 0, last: 'stage5', recipe: 'everything', rate, augmentation: 'none' },
  }))

/**
 * Has trials "trained": the rate is the share of right answers; a rate of 0 fails. Stops the run at the n-th training. Each
 * is said to have taken so many seconds.
 */
function harness(stopAt = Infinity, seconds = 1) {
  const stop = new AbortController()
  let left = stopAt
  const context = createTestContext({ signal: stop.signal })
  const trained: string[] = []
  let state: Uint8Array | null = null
  const checkpoints = {
    load: async () => state,
    isDue: () => true,
    save: async (bytes: Uint8Array) => void (state = bytes),
  }
  const runs: DerivedRuns = {
    document,
    manifests: [],
    run: async (derived, to) => {
      const nodes = Object.entries(derived.nodes)
      const rate = Number(nodes.findLast(([, { type }]) => type === 'train')?.[1].params['learningRate'])
      const fold = nodes.find(([, { type }]) => type === 'fold')?.[1].params['fold']
      if (left-- === 0) {
        stop.abort()
        stop.signal.throwIfAborted()
      }
      trained.push(`${rate} ${fold === undefined ? 'all' : String(fold)}`)
      if (rate === 0) throw new NodeError('model', 'It breaks.', 'Mend it.')
      const outputs = to.map((id) => [
        id,
        derived.nodes[id]?.type === 'evaluate' ? { metrics: evaluated(rate, Number(fold)) } : { model },
      ])
      const settled = await Promise.all(outputs.map(async ([id, ports]) => [id, await settle(ports as object)]))
      return { outputs: Object.fromEntries(settled), milliseconds: { train: 1000 * seconds }, ran: [] }
    },
  }
  const settle = async (ports: object) =>
    Object.fromEntries(await Promise.all(Object.entries(ports).map(async ([port, value]) => [port, await value])))
  const evaluated = async (rate: number, fold: number): Promise<MetricsValue> => {
    const random = mulberry32(fold + Math.round(1000 * rate))
    const predictions = Array.from({ length: 40 }, (_, index) => ({
      ...{ id: `${fold}/${index}`, label: 0, prediction: random() < rate ? 0 : 1, probability: 1 },
    }))
    const scores = describeScores({ primary: 'accuracy', metrics: [scoreMetric(false)] }, { accuracy: rate })
    const facts = { split: 'val' as const, count: predictions.length }
    const detail = {
      ...{ kind: 'single-label-evaluation', title: '', ...facts, scores, intervals: {}, classNames: ['a', 'b'] },
      ...{ calibrationBins: [], confusion: [], perClass: [], mostConfused: [], topLosses: [], predictions },
    }
    return {
      kind: 'metrics',
      task: 'single-label',
      ...facts,
      ...scores,
      detail: await storeDetail(detail, context.store, 'x'),
    }
  }
  const search = (qualities: readonly number[], changes: object = {}, signal = stop.signal) => {
    const around = Object.create(context, {
      checkpoints: { value: checkpoints },
      signal: { value: signal },
    }) as typeof context
    const params = searchParams.parse({ folds: 3, minutes: 0, ...changes })
    return new Search({
      ...{ candidates: candidatesOf(qualities), params, several: false },
      task: 'single-label',
      context: around,
      runs,
    }).run()
  }
  const detailOf = async (metrics: MetricsValue) => (await readDetail(metrics, context.store)) as SearchDetail
  return { search, trained, context, detailOf }
}

describe('a search', () => {
  it('halves by folds, trains the best on all images, and shows what of its score is luck', async () => {
    const { search, trained, detailOf, context } = harness()
    const { metrics, model: winner } = await search([0.55, 0.95, 0.6, 0.5, 0.4])
    expect(trained).toEqual([
      ...['0.55 1', '0.55 2', '0.95 1', '0.6 1', '0.5 1', '0.4 1'],
      ...['0.95 2', '0.6 2', '0.55 3', '0.95 3', '0.6 3', '0.95 all'],
    ])
    expect(winner).toBe(model)
    const detail = await detailOf(metrics)
    expect(detail.trials.map(({ status, folds }) => `${status} ${folds}`)).toEqual([
      'measured 3',
      'winner 3',
      'measured 3',
      'dropped 1',
      'dropped 1',
    ])
    expect(detail).toMatchObject({ winner: 1, count: 120, done: 11, planned: 11, stopped: false })
    expect(detail.expected?.score).toBeCloseTo(metrics.values['accuracy'] ?? 0, 12)
    expect(detail.expected?.optimism).toBeCloseTo((detail.trials[1]?.score ?? 0) - (detail.expected?.score ?? 0), 12)
    expect(metrics.split).toBe('val')
    expect(context.messages('info').at(-1)).toMatch(/Best of 5: net, all of it trains, rate 0.95.*On new images expect/)
    expect(context.events.filter(({ type }) => type === 'interim')).toHaveLength(11)
  })

  it('keeps the first candidate where another is ahead by less than chance makes of it', async () => {
    const { search, detailOf } = harness()
    const detail = await detailOf((await search([0.8, 0.81, 0.3])).metrics)
    expect(detail.winner).toBe(0)
  })

  it('goes on after a kill without training anything twice, to the same end', async () => {
    const whole = harness()
    const qualities = [0.55, 0.9, 0.6, 0.5]
    const expected = await whole.detailOf((await whole.search(qualities)).metrics)
    const broken = harness(5)
    await expect(broken.search(qualities)).rejects.toThrow()
    expect(broken.trained).toHaveLength(5)
    const { metrics } = await broken.search(qualities, {}, new AbortController().signal)
    expect(new Set(broken.trained).size).toBe(broken.trained.length)
    expect({ ...(await broken.detailOf(metrics)), seconds: 0 }).toEqual({ ...expected, seconds: 0 })
  })

  it('goes on without a candidate that fails, and says why; fails where all do', async () => {
    const { search, detailOf, context } = harness()
    const detail = await detailOf((await search([0, 0.8, 0.7])).metrics)
    expect(detail.trials[0]).toMatchObject({ status: 'failed', problem: 'It breaks.' })
    expect(detail.winner).toBe(1)
    expect(context.messages('warning')[0]).toContain("can't be trained: It breaks.")
    await expect(harness().search([0, 0])).rejects.toThrow('None of the candidates could be trained: It breaks.')
  })

  it('ends with the best so far when its time is over, after one training at least', async () => {
    const { search, trained, detailOf } = harness()
    const detail = await detailOf((await search([0.6, 0.9], { minutes: 1e-9 })).metrics)
    expect(trained).toEqual(['0.6 1', '0.6 all'])
    expect(detail).toMatchObject({ winner: 0, stopped: true })
    // One candidate, so no luck of the best: the share of right answers among 40, seen again on those not drawn.
    expect(detail.expected?.optimism).toBeCloseTo(0, 1)
    expect(detail.trials.map(({ status }) => status)).toEqual(['winner', 'no time'])
  })

  it('is not said to have been stopped where a candidate that had to wait was measured after all', async () => {
    const { search, trained, detailOf } = harness(Infinity, 1000)
    // With 4,750 s there is no time for the second until the first has its third fold behind it.
    const detail = await detailOf((await search([0.6, 0.95], { minutes: 4750 / 60 })).metrics)
    expect(trained).toEqual(['0.6 1', '0.6 2', '0.6 3', '0.95 1', '0.95 2', '0.95 3', '0.95 all'])
    expect(detail).toMatchObject({ winner: 1, stopped: false, done: 6, planned: 6 })
  })
})
