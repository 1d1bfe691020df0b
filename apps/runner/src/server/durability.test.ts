import { createHash } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunEvent } from '@graft/graph-schema'
import { createRandom } from '@graft/network'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../database/open-database.js'
import { findHome } from '../home.js'
import { isAlive } from '../runs/process-identity.js'
import { isOver, RunStore } from '../runs/run-store.js'
import { openBlobStore } from '../store/file-blob-store.js'
import { LiveViewer } from '../testing/live-viewer.js'
import { graphOf } from '../testing/run-stub-graph.js'
import { ServerProcess } from '../testing/server-process.js'

const seed = Number(process.env.GRAFT_TEST_SEED ?? Date.now() % 1_000_000)
const operations = Number(process.env.GRAFT_TEST_OPERATIONS ?? 120)

describe('the server', () => {
  it(`loses nothing over ${operations} random starts, cancels, kills, restarts, subscriptions and reconnects (seed ${seed})`, {
    timeout: 20 * 60_000,
  }, async () => {
    const world = await World.create(seed)
    try {
      for (let step = 0; step < operations; step++) await world.step()
      await world.settle()
      await world.verify()
    } finally {
      await world.close()
    }
  })
})

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

class World {
  private readonly started: string[] = []
  private readonly viewers: LiveViewer[] = []
  private readonly counts = new Map<string, number>()

  private constructor(
    private readonly random: () => number,
    private readonly home: string,
    private readonly server: ServerProcess,
    private readonly store: RunStore,
    private readonly closeDatabase: () => void,
  ) {}

  static async create(seed: number): Promise<World> {
    const home = mkdtempSync(join(tmpdir(), 'graft-durable-'))
    const server = new ServerProcess(home)
    await server.start(['resume', '2'])
    const database = openDatabase(findHome({ GRAFT_HOME: home }))
    return new World(createRandom(seed), home, server, new RunStore(database), () => database.close())
  }

  /** One random operation. */
  async step(): Promise<void> {
    const operations: readonly (readonly [weight: number, name: string, work: () => Promise<void>])[] = [
      [13, 'start', () => this.startRun()],
      [8, 'cancel', () => this.onRun(async (run) => void (await this.server.call('POST', `/runs/${run}/cancel`)))],
      [5, 'resume', () => this.onRun(async (run) => void (await this.server.call('POST', `/runs/${run}/resume`)))],
      [4, 'front', () => this.onRun(async (run) => void (await this.server.call('POST', `/runs/${run}/front`)))],
      [1, 'cancel all', async () => void (await this.server.call('POST', '/runs/cancel-all'))],
      [5, 'kill worker', () => this.killWorker()],
      [2, 'kill server', () => this.restart('SIGKILL')],
      [1, 'stop server', () => this.restart('SIGTERM')],
      [22, 'subscribe', () => this.onRun((run) => this.subscribe(run))],
      [24, 'reconnect', async () => this.pick(this.viewers)?.connect(this.server.port)],
      [5, 'disconnect', async () => this.pick(this.viewers)?.disconnect()],
      [
        12,
        'read',
        () => this.onRun(async (run) => expect((await this.server.call('GET', `/runs/${run}`)).status).toBe(200)),
      ],
    ]
    let left = this.random() * operations.reduce((sum, [weight]) => sum + weight, 0)
    const [, name, work] =
      operations.find(([weight]) => (left -= weight) < 0) ?? (operations[0] as (typeof operations)[number])
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
    await work()
    await sleep(this.random() * 30)
  }

  /** Everybody comes back, and everything ends. */
  async settle(): Promise<void> {
    for (const viewer of this.viewers) viewer.connect(this.server.port)
    const deadline = Date.now() + 120_000
    const isDone = (): boolean => this.store.list({ limit: 100_000 }).every(({ summary }) => isOver(summary))
    while (!isDone()) {
      if (Date.now() > deadline)
        throw new Error(
          `seed ${seed}: runs are still going on: ${JSON.stringify(this.store.list().map(({ summary }) => [summary.id, summary.status]))} ${this.server.log}`,
        )
      await sleep(100)
    }
    while (this.viewers.some((viewer) => viewer.position < this.next(viewer.run))) {
      if (Date.now() > deadline)
        throw new Error(
          `seed ${seed}: viewers wait for events: ${JSON.stringify(this.viewers.map((viewer) => [viewer.run, viewer.position, this.next(viewer.run), viewer.faults]))}`,
        )
      await sleep(50)
    }
  }

  async verify(): Promise<void> {
    const what = `seed ${seed}`
    console.log(
      `${what}: ${this.started.length} runs, ${this.viewers.length} viewers; ${[...this.counts].map(([name, count]) => `${name} ${count}`).join(', ')}`,
    )
    expect(
      this.store
        .list({ limit: 100_000 })
        .map(({ summary }) => summary.id)
        .toSorted(),
      what,
    ).toEqual(this.started.toSorted())
    for (const run of this.started) {
      const events = this.store.events(run)
      expect(
        events.map((event) => event.sequence),
        what,
      ).toEqual(events.map((_, index) => index))
      this.verifyCourse(run, events)
      await this.verifyArtifacts(events)
      for (const viewer of this.viewers.filter((candidate) => candidate.run === run)) this.verifyViewer(viewer, events)
    }
  }

  /** Starts follow starts only over an end, and the list says what the events say. */
  private verifyCourse(run: string, events: readonly RunEvent[]): void {
    const marks = events.flatMap((event) =>
      ['run-queued', 'run-started', 'run-finished', 'run-interrupted'].includes(event.type) ? [event.type] : [],
    )
    expect(marks.join(' '), `seed ${seed} run ${run}`).toMatch(
      /^run-queued( run-started)?( run-(finished|interrupted)( run-queued( run-started)?)?)*$/,
    )
    const last = events.at(-1)
    const status =
      last?.type === 'run-finished' ? last.status : last?.type === 'run-interrupted' ? 'interrupted' : 'nothing'
    expect(this.store.find(run)?.summary.status, `seed ${seed} run ${run}`).toBe(status)
  }

  private async verifyArtifacts(events: readonly RunEvent[]): Promise<void> {
    const blobs = openBlobStore(findHome({ GRAFT_HOME: this.home }).store)
    for (const sha256 of new Set(
      events.flatMap((event) =>
        event.type === 'node-finished' ? (event.blobs ?? []) : event.type === 'preview' ? [event.blob.sha256] : [],
      ),
    )) {
      expect(
        createHash('sha256')
          .update(await readFile(blobs.path(sha256)))
          .digest('hex'),
        `seed ${seed}`,
      ).toBe(sha256)
    }
  }

  private verifyViewer(viewer: LiveViewer, events: readonly RunEvent[]): void {
    const what = `seed ${seed}, a viewer of ${viewer.run}`
    expect(viewer.faults, what).toEqual([])
    expect(viewer.position, what).toBe(events.length)
    for (const event of viewer.events) expect(event, what).toEqual(events[event.sequence])
    if (viewer.coalesced === 0 && (viewer.snapshots > 0 || viewer.events[0]?.sequence === 0))
      expect(viewer.state, what).toEqual(this.store.state(viewer.run))
  }

  async close(): Promise<void> {
    for (const viewer of this.viewers) viewer.disconnect()
    this.closeDatabase()
    await this.server.stop('SIGKILL')
  }

  private async startRun(): Promise<void> {
    const script = { steps: 5 + Math.floor(this.random() * 40), pause: Math.floor(this.random() * 8) }
    const document = {
      ...graphOf({ one: { type: 'constant' }, two: { type: 'sum' } }, ['one.value -> two.terms']),
      description: JSON.stringify(script),
    }
    const { status, json } = await this.server.call('POST', '/runs', {
      document,
      front: this.random() < 0.2,
      priority: Math.floor(this.random() * 3),
    })
    expect(status, `seed ${seed}: ${JSON.stringify(json)}`).toBe(202)
    this.started.push((json as { run: { id: string } }).run.id)
  }

  private async subscribe(run: string): Promise<void> {
    const roll = this.random()
    const viewer = new LiveViewer(
      run,
      roll < 0.4 ? 0 : roll < 0.8 ? undefined : Math.floor(this.random() * (this.next(run) + 1)),
    )
    this.viewers.push(viewer)
    viewer.connect(this.server.port)
  }

  private async killWorker(): Promise<void> {
    const worker = this.pick(
      this.store.running().flatMap((run) => (run.worker !== null && isAlive(run.worker) ? [run.worker] : [])),
    )
    try {
      if (worker !== undefined) process.kill(worker.pid, 'SIGKILL')
    } catch {
      // It has ended by itself meanwhile.
    }
  }

  private async restart(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    await this.server.stop(signal)
    await this.server.start([this.random() < 0.7 ? 'resume' : 'mark', this.random() < 0.5 ? '1' : '2'])
    // Browsers come back by themselves.
    for (const viewer of this.viewers) if (this.random() < 0.7) viewer.connect(this.server.port)
  }

  private async onRun(work: (run: string) => Promise<void>): Promise<void> {
    const run = this.pick(this.started)
    if (run !== undefined) await work(run)
  }

  private pick<Item>(items: readonly Item[]): Item | undefined {
    return items[Math.floor(this.random() * items.length)]
  }

  private next(run: string): number {
    return this.store.find(run)?.next ?? 0
  }
}
