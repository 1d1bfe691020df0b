import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createRandom } from '@graft/network'
import { type CommandEnd, startCommand, weightsIn } from './command.js'
import { learningRates, trainingOn } from './document.js'
import { environmentOf, type Injected } from './injected.js'
import { changing, Photos } from './photos.js'
import { childrenOf } from './processes.js'
import { Service } from './service.js'
import { SmallDisk } from './small-disk.js'

/** One run of the command line, with what the photos held while it went on. */
interface Attempt {
  readonly learningRate: number
  readonly masks: ReadonlySet<number>
  readonly end: CommandEnd
  readonly runId: string | undefined
}

/** A text that is no honest failure: it blames Graft, or nobody. */
const dishonest = /bug in the node or in Graft|fault in the node or in Graft|defect of Graft|TypeError|Segmentation/

/** A home folder, a folder of photos, a server, and what befalls them. */
export class World {
  readonly home: string
  readonly counts = new Map<string, number>()
  readonly succeeded: {
    readonly weights: string
    readonly learningRate: number
    readonly masks: ReadonlySet<number>
  }[] = []
  readonly failures: string[] = []
  private readonly folder = mkdtempSync(join(tmpdir(), 'graft-trouble-'))
  private readonly photos: Photos
  private readonly disk: SmallDisk | null
  readonly service: Service
  private readonly interrupted: { readonly id: string; readonly learningRate: number }[] = []
  private readonly references = new Map<string, Promise<string>>()
  private readonly random: () => number

  constructor(seed: number) {
    this.random = createRandom(seed)
    this.home = join(this.folder, 'home')
    mkdirSync(this.home)
    this.disk = SmallDisk.mount(this.home)
    this.photos = new Photos(join(this.folder, 'photos'))
    this.service = new Service({ GRAFT_HOME: this.home }, this.folder)
  }

  /** Something happens. */
  async step(): Promise<void> {
    const chances: readonly (readonly [weight: number, name: string, work: () => Promise<unknown>])[] = [
      [18, 'run', () => this.finish('run')],
      [14, 'kill command', () => this.killed('command')],
      [12, 'kill run process', () => this.killed('run process')],
      [10, 'resume', () => this.resume()],
      [10, 'image changes before', async () => this.photos.toggle(this.whole(changing))],
      [10, 'image changes under a run', () => this.changedUnder()],
      [8, 'clock jumps', () => this.finish('clock jumps', { clock: this.clockJump() })],
      [
        5,
        'disk full for a run',
        () => this.finish('disk full for a run', { diskLeft: this.someBytes() }, ['--no-cache']),
      ],
      [6, 'disk full for all', () => this.diskFull()],
      [12, 'run on the server', () => this.onServer()],
      [5, 'kill server', () => this.restart('SIGKILL')],
      [2, 'stop server', () => this.restart('SIGTERM')],
      [3, 'collect garbage', () => this.command(['gc'])],
    ]
    let left = this.random() * chances.reduce((sum, [weight]) => sum + weight, 0)
    const [, name, work] = chances.find(([weight]) => (left -= weight) < 0) ?? (chances[0] as (typeof chances)[number])
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
    await work()
  }

  /** What a training on the photos of a mask gives that nothing has happened to. */
  reference(mask: number, learningRate: number): Promise<string> {
    const key = `${mask} ${learningRate}`
    const known = this.references.get(key) ?? this.train(mask, learningRate)
    this.references.set(key, known)
    return known
  }

  private async train(mask: number, learningRate: number): Promise<string> {
    const place = join(this.folder, `reference-${mask}-${learningRate}`)
    const photos = new Photos(join(place, 'photos'))
    for (let which = 0; which < changing; which++) if ((mask >> which) & 1) photos.toggle(which)
    const graph = this.write(place, photos.folder, learningRate)
    const { end } = startCommand(runWords(graph), { GRAFT_HOME: join(place, 'home') })
    const { events, stderr } = await end
    const weights = weightsIn(events)
    if (weights === null) throw new Error(`The reference could not be trained: ${stderr}`)
    return weights
  }

  private write(folder: string, photos: string, learningRate: number): string {
    const path = join(folder, `train-${learningRate}.graft.json`)
    writeFileSync(path, JSON.stringify(trainingOn(photos, learningRate)))
    return path
  }

  /** A run to its end. */
  private async finish(name: string, injected: Injected = {}, more: readonly string[] = []): Promise<void> {
    await this.judge(name, await this.attempt(injected, async () => undefined, more))
  }

  /** For the server, its database and a command at once; then there is room again. */
  private async diskFull(): Promise<void> {
    this.disk?.fill(this.someBytes())
    try {
      await this.onServer()
      await this.finish('disk full for all')
    } finally {
      this.disk?.free()
    }
  }

  private async killed(what: 'command' | 'run process'): Promise<void> {
    const attempt = await this.attempt({}, async (pid, isOver) => {
      await pause(this.random() * 2500)
      const target = what === 'command' ? pid : childrenOf(pid)[0]
      if (target === undefined || isOver()) return
      try {
        process.kill(target, 'SIGKILL')
      } catch {
        // It has ended by itself.
      }
    })
    await this.judge(`kill ${what}`, attempt)
  }

  private async changedUnder(): Promise<void> {
    const attempt = await this.attempt({}, async (_, isOver) => {
      await pause(this.random() * 2000)
      if (!isOver()) this.photos.toggle(this.whole(changing))
    })
    await this.judge('image changes under a run', attempt)
  }

  private async attempt(
    injected: Injected,
    meanwhile: (pid: number, isOver: () => boolean) => Promise<void>,
    more: readonly string[] = [],
  ): Promise<Attempt> {
    const learningRate = this.pick(learningRates) ?? learningRates[0]
    const graph = this.write(this.folder, this.photos.folder, learningRate)
    const masks = new Set([this.photos.mask])
    const { child, end } = startCommand([...runWords(graph), ...more], {
      GRAFT_HOME: this.home,
      ...environmentOf(injected),
    })
    let over = false
    const ended = end.finally(() => (over = true))
    await meanwhile(child.pid ?? 0, () => over)
    const result = await ended
    masks.add(this.photos.mask)
    return { learningRate, masks, end: result, runId: result.events[0]?.run }
  }

  /** The same weights or an honest failure. */
  private async judge(name: string, { learningRate, masks, end, runId }: Attempt): Promise<void> {
    const weights = weightsIn(end.events)
    if (weights !== null) this.succeeded.push({ weights, learningRate, masks })
    const wasKilled = end.signal === 'SIGKILL'
    if (end.code !== 0 && runId !== undefined) this.interrupted.push({ id: runId, learningRate })
    // A server was quicker: then there is nothing left to run, and the stored run is looked at in the end.
    const wasDone = name === 'resume' && end.events.length === 0
    if (end.code === 0 && weights === null && !wasDone) throw new Error(`${name}: ended well and gave no weights`)
    if (end.code === 0 || wasKilled) return
    const said = `${end.stderr} ${textsIn(end.events).join(' ')}`
    this.failures.push(`${name}: ${said.slice(0, 300)}`)
    if (said.trim() === '' || dishonest.test(said))
      throw new Error(`${name}: no honest failure (${end.code}): ${said} ${JSON.stringify(end.events.slice(-3))}`)
  }

  private async resume(): Promise<void> {
    const [chosen] = this.interrupted.splice(this.whole(this.interrupted.length), 1)
    if (chosen === undefined) return
    const masks = new Set([this.photos.mask])
    const { end } = startCommand(['resume', chosen.id, '--json', '--out', join(this.folder, 'out')], {
      GRAFT_HOME: this.home,
    })
    await this.judge('resume', { ...chosen, masks, end: await end, runId: chosen.id })
  }

  private async onServer(): Promise<void> {
    const learningRate = this.pick(learningRates) ?? learningRates[0]
    const document = trainingOn(this.photos.folder, learningRate)
    await this.service.call('POST', '/runs', { document, to: 'train', engine: 'onnx', device: 'cpu' })
    await pause(this.random() * 1500)
  }

  private async restart(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    await this.service.stop(signal)
    await this.service.start()
  }

  private async command(words: readonly string[]): Promise<void> {
    const { code, stderr } = await startCommand(words, { GRAFT_HOME: this.home }).end
    if (code !== 0) throw new Error(`graft ${words.join(' ')} ended with ${code}: ${stderr}`)
  }

  private clockJump(): { by: number; after: number } {
    const days = (this.random() - 0.5) * 20
    return { by: Math.round(days * 86_400_000), after: Math.round(this.random() * 1500) }
  }

  private someBytes(): number {
    return Math.floor(2 ** (8 + this.random() * 14))
  }

  private whole(below: number): number {
    return Math.floor(this.random() * below)
  }

  private pick<Item>(items: readonly Item[]): Item | undefined {
    return items[this.whole(items.length)]
  }

  async close(): Promise<void> {
    await this.service.stop('SIGKILL')
    this.disk?.unmount()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** All that a run says to a person about why it did not succeed. */
const textsIn = (events: CommandEnd['events']): readonly string[] =>
  events.flatMap((event) => {
    if (event.type === 'node-failed') return [event.problem.message, event.problem.fix]
    return event.type === 'log' && event.level === 'warning' ? [event.message] : []
  })

const runWords = (graph: string): readonly string[] => [
  ...['run', graph, '--to', 'train', '--json', '--engine', 'onnx', '--device', 'cpu'],
]
