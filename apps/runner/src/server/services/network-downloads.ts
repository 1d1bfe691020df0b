import { randomUUID } from 'node:crypto'
import type { NetworkDownload } from '@graft/graph-schema'
import type { HelperProcess } from '../../helper/helper-process.js'
import { HelperRefusal } from '../../helper/helper-protocol.js'

/** Downloads at once; the others wait. */
const atOnce = 2
const mostWaiting = 20
/** How many that are over are told of. */
const mostOver = 50
/** A download ends by its own limits before that. */
const longestMilliseconds = 3 * 3_600_000

/** What a download works with. */
export interface DownloadParts {
  /** A process for one download: ending it is how a download is stopped. */
  newHelper(): Pick<HelperProcess, 'ask' | 'stop'>
  readonly base: string
  readonly roots: readonly string[]
}

interface Entry {
  state: NetworkDownload
  stop(): void
}

const isUnderWay = ({ state }: NetworkDownload): boolean => state === 'waiting' || state === 'running'

/** Networks that people fetch from the editor: each in a process of its own, a few at a time, the newest first in the list. */
export class NetworkDownloads {
  private readonly entries = new Map<string, Entry>()

  constructor(private readonly parts: DownloadParts) {}

  list(): readonly NetworkDownload[] {
    return [...this.entries.values()].map(({ state }) => state).toReversed()
  }

  /** Begins, or joins the one of this source that is under way. Null: too many are waiting. */
  start(source: string): NetworkDownload | null {
    const known = [...this.entries.values()].map(({ state }) => state).filter((state) => state.source === source)
    const underWay = known.find(isUnderWay)
    if (underWay !== undefined) return underWay
    if (this.count('waiting') >= mostWaiting) return null
    for (const { id } of known) this.entries.delete(id)
    const id = randomUUID()
    const { done = 0, total = 0 } = known.at(-1) ?? {}
    const state = { id, source, state: 'waiting', done, total, sha256: null, problem: null } as const
    this.entries.set(id, { state, stop: () => undefined })
    this.forgetOldest()
    this.next()
    return this.entries.get(id)?.state ?? state
  }

  /** Stops one that is under way, forgets one that is over. False: there is none of this id. */
  stop(id: string): boolean {
    const entry = this.entries.get(id)
    if (entry === undefined) return false
    if (isUnderWay(entry.state)) {
      entry.state = { ...entry.state, state: 'stopped' }
      entry.stop()
      this.next()
    } else this.entries.delete(id)
    return true
  }

  close(): void {
    for (const { stop } of this.entries.values()) stop()
    this.entries.clear()
  }

  private count(wanted: NetworkDownload['state']): number {
    return [...this.entries.values()].filter(({ state }) => state.state === wanted).length
  }

  private next(): void {
    const waiting = [...this.entries.values()].find(({ state }) => state.state === 'waiting')
    if (waiting === undefined || this.count('running') >= atOnce) return
    void this.fetch(waiting).finally(() => this.next())
    this.next()
  }

  private async fetch(entry: Entry): Promise<void> {
    const helper = this.parts.newHelper()
    const put = (change: Partial<NetworkDownload>): void => {
      if (entry.state.state === 'running') entry.state = { ...entry.state, ...change }
    }
    entry.state = { ...entry.state, state: 'running' }
    entry.stop = () => helper.stop()
    const { base, roots } = this.parts
    try {
      const { sha256 } = await helper.ask(
        'fetch',
        { source: entry.state.source, base, roots },
        longestMilliseconds,
        ({ done, total }) => put({ done, total }),
      )
      put({ state: 'done', sha256, done: Math.max(entry.state.done, entry.state.total) })
    } catch (error) {
      put({ state: 'failed', problem: problemOf(error) })
    } finally {
      helper.stop()
    }
  }

  private forgetOldest(): void {
    const over = [...this.entries.values()].filter(({ state }) => !isUnderWay(state))
    for (const { state } of over.slice(0, Math.max(0, over.length - mostOver))) this.entries.delete(state.id)
  }
}

function problemOf(error: unknown): NonNullable<NetworkDownload['problem']> {
  const [problem] = error instanceof HelperRefusal ? error.problems : []
  return {
    message: problem?.message ?? 'The download failed.',
    fix: problem?.fix ?? 'Try again: it goes on where it was.',
  }
}
