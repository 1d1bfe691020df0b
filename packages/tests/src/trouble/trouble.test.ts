import { setTimeout as pause } from 'node:timers/promises'
import { findHome, openDatabase, RunStore } from '@graft/runner'
import { describe, expect, it } from 'vitest'
import { weightsIn } from './command.js'
import { learningRates } from './document.js'
import { changing } from './photos.js'
import { processesOf } from './processes.js'
import { World } from './world.js'

const seed = Number(process.env.GRAFT_TEST_SEED ?? Date.now() % 1_000_000)
const operations = Number(process.env.GRAFT_TEST_OPERATIONS ?? 40)

describe('whatever befalls runs', () => {
  it(`they end with the same weights or an honest failure: ${operations} random runs, kills, full disks, jumping clocks and changing images (seed ${seed})`, {
    timeout: 60 * 60_000,
  }, async () => {
    const world = new World(seed)
    try {
      await world.service.start()
      for (let step = 0; step < operations; step++) await world.step()
      // Nothing is stuck: all that was left is resumed by a server, and ends.
      await world.service.stop('SIGKILL')
      await world.service.start()
      await world.service.settle(120_000)
      await expectNoOrphans(world)
      await expectRightWeights(world)
    } finally {
      // Also of one that failed, to see what had been done by then.
      console.log(
        `seed ${seed}: ${[...world.counts].map(([name, count]) => `${name} ${count}`).join(', ')}; ${world.succeeded.length} commands gave weights, ${world.failures.length} failed honestly`,
      )
      for (const failure of new Set(world.failures)) console.log(failure)
      await world.close()
    }
  })
})

/** A process whose command or server was killed ends by itself. */
async function expectNoOrphans(world: World): Promise<void> {
  const orphans = () =>
    processesOf(world.home).filter(({ pid, command }) => pid !== world.service.pid && !command.includes('helper'))
  for (let waited = 0; orphans().length > 0 && waited < 60_000; waited += 200) await pause(200)
  expect(orphans(), `seed ${seed}`).toEqual([])
}

/** Every command's weights are those of the images that were there, every stored run's those of some of them. */
async function expectRightWeights(world: World): Promise<void> {
  for (const { weights, learningRate, masks } of world.succeeded) {
    const right = await Promise.all([...masks].map((mask) => world.reference(mask, learningRate)))
    expect(right, `seed ${seed}: images ${[...masks].join(' or ')}, learning rate ${learningRate}`).toContain(weights)
  }
  const database = openDatabase(findHome({ GRAFT_HOME: world.home }))
  try {
    const store = new RunStore(database)
    for (const { summary } of store.list({ limit: 100_000 })) {
      expect(['succeeded', 'failed', 'cancelled', 'interrupted'], `seed ${seed}`).toContain(summary.status)
      if (summary.status === 'failed')
        expect(summary.problem?.code, `seed ${seed} run ${summary.id}`).not.toBe('internal')
      if (summary.status !== 'succeeded') continue
      const { learningRate } = store.requestOf(summary.id).document.nodes['train']?.params as { learningRate: number }
      expect(learningRates).toContain(learningRate)
      const masks = Array.from({ length: 2 ** changing }, (_, mask) => mask)
      const right = await Promise.all(masks.map((mask) => world.reference(mask, learningRate)))
      expect(right, `seed ${seed} run ${summary.id}`).toContain(weightsIn(store.events(summary.id)))
    }
  } finally {
    database.close()
  }
}
