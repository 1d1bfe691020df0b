import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { GraftServe } from '../testing/graft-serve.js'
import { graphOf } from '../testing/run-stub-graph.js'

const long = graphOf(
  {
    images: { type: 'sample-data' },
    split: { type: 'split' },
    backbone: { type: 'load-backbone' },
    strip: { type: 'strip-head' },
    head: { type: 'add-head' },
    train: { type: 'train', params: { epochs: 500 } },
  },
  [
    'images.images -> split.images',
    'backbone.model -> strip.model',
    'strip.model -> head.model',
    'split.train -> head.images',
    'head.model -> train.model',
    'split.train -> train.train',
  ],
)

describe('graft serve', () => {
  it('runs as many at once on a device as it was told, and says what caches may take', {
    timeout: 300_000,
  }, async () => {
    const home = mkdtempSync(join(tmpdir(), 'graft-budgets-'))
    const server = await GraftServe.start(home, ['--runs-per-device', '2', '--memory-limit', '64'])
    try {
      for (let run = 0; run < 3; run++)
        expect((await server.call('POST', '/runs', { document: long })).status).toBe(202)
      const { running, queued } = (await server.call('GET', '/queue')).json as {
        running: unknown[]
        queued: unknown[]
      }
      expect([running.length, queued.length]).toEqual([2, 1])
      const metrics = await (await fetch(`${server.address}/metrics`)).text()
      expect(metrics).toContain(`\ngraft_memory_budget_bytes ${64 * 2 ** 20}\n`)
      expect((await server.call('POST', '/runs/cancel-all')).json).toEqual({ count: 3 })
    } finally {
      expect(await server.stop()).toBe(0)
    }
  })
})
