import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RunEvent } from '@graft/graph-schema'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const graft = join(root, 'apps/runner/bin/graft.mjs')

/** Photos and weights that are too large, or not free enough, for the repository. */
export const realData = process.env.GRAFT_REAL_DATA ?? join(root, '../shared/real')
export const photos = join(realData, 'hymenoptera')
export const mobilenet = join(realData, 'mobilenet_v1_0.75_224')

/** Whether the real data are there; says why tests are skipped when not. */
export function hasRealData(): boolean {
  if (existsSync(photos) && existsSync(mobilenet)) return true
  console.log(`skipped: no real photos and weights at ${realData} (set GRAFT_REAL_DATA to where they are)`)
  return false
}

export interface GraftRun {
  readonly code: number | null
  readonly events: readonly RunEvent[]
  readonly stderr: string
  /** Where output files were written. */
  readonly out: string
  /** Largest resident memory of the command and its run process together; 0 where /proc does not tell. */
  readonly peakMegabytes: number
}

/** A place for runs that share cache and store, removed with `remove()`. */
export class Workplace {
  readonly directory = mkdtempSync(join(tmpdir(), 'graft-acceptance-'))
  /** What the runs have for GRAFT_HOME. */
  readonly home = join(this.directory, 'home')
  private runs = 0

  /** `graft run GRAPH ... --json` as a user would call it, in this workplace. */
  async run(graph: string, ...options: readonly string[]): Promise<GraftRun> {
    this.runs += 1
    const out = join(this.directory, `out-${this.runs}`)
    const { code, stdout, stderr, peakMegabytes } = await spawnGraft(
      ['run', graph, ...options, '--json', '--out', out],
      this.home,
    )
    const events = stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as RunEvent)
    return { code, events, stderr, out, peakMegabytes }
  }

  /** Any other command as a user would call it, in this workplace. */
  call(...words: readonly string[]): ReturnType<typeof spawnGraft> {
    return spawnGraft(words, this.home)
  }

  /** As `runUntil`; says whether the event came. */
  async killAt(isTime: (event: RunEvent) => boolean, ...words: readonly [string, ...string[]]): Promise<boolean> {
    return (await this.runUntil(isTime, ...words)).some(isTime)
  }

  /**
   * A run that is killed (SIGKILL, with the process of the run) as soon as an event of it is the one that is waited for;
   * the events up to there.
   */
  runUntil(
    isTime: (event: RunEvent) => boolean,
    graph: string,
    ...options: readonly string[]
  ): Promise<readonly RunEvent[]> {
    const parameters = ['run', graph, ...options, '--json', '--out', join(this.directory, 'out-killed')]
    return new Promise((resolve, reject) => {
      const env = { ...process.env, GRAFT_HOME: this.home, NO_COLOR: '1' }
      const child = spawn(process.execPath, [graft, ...parameters], { env, detached: true })
      const events: RunEvent[] = []
      let left = ''
      child.stdout.on('data', (chunk: Buffer) => {
        const lines = `${left}${chunk.toString()}`.split('\n')
        left = lines.pop() ?? ''
        if (child.pid === undefined || events.some(isTime)) return
        events.push(...lines.map((line) => JSON.parse(line) as RunEvent))
        if (events.some(isTime)) killGroup(child.pid)
      })
      child.on('error', reject)
      child.on('close', () => resolve(events))
    })
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true })
  }
}

/** A process with those that it started, unless it has ended by itself just now. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function spawnGraft(
  parameters: readonly string[],
  home: string,
): Promise<{ code: number | null; stdout: string; stderr: string; peakMegabytes: number }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [graft, ...parameters], {
      env: { ...process.env, GRAFT_HOME: home, NO_COLOR: '1' },
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString()
    })
    let peakMegabytes = 0
    const watch = setInterval(() => {
      peakMegabytes = Math.max(peakMegabytes, residentMegabytes(child.pid))
    }, 200)
    child.on('error', reject)
    child.on('close', (code) => {
      clearInterval(watch)
      resolve({ code, stdout, stderr, peakMegabytes })
    })
  })
}

/** Resident memory of a process and its children, from /proc; 0 when it is gone or there is no /proc. */
function residentMegabytes(pid: number | undefined): number {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
    const kilobytes = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
    return kilobytes / 1024 + children.reduce((sum, child) => sum + residentMegabytes(Number(child)), 0)
  } catch {
    return 0
  }
}

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>

/** Events of one type. */
export function eventsOf<Type extends RunEvent['type']>(run: GraftRun, type: Type): EventOf<Type>[] {
  return run.events.filter((event): event is EventOf<Type> => event.type === type)
}

/** What to say of a run that was not to fail. */
export const failureOf = (run: GraftRun): string => `${JSON.stringify(eventsOf(run, 'node-failed'))} ${run.stderr}`

/** What a node gave on one of its ports, whether it ran or was reused. Throws when it did neither. */
export function outputOf(run: GraftRun, node: string, port: string): unknown {
  const event = run.events.find(
    (candidate) => (candidate.type === 'node-finished' || candidate.type === 'node-cached') && candidate.node === node,
  )
  if (event?.type !== 'node-finished' && event?.type !== 'node-cached')
    throw new Error(`"${node}" gave nothing: ${failureOf(run)}`)
  return event.outputs[port]
}

/** Accuracy on a `metrics` output. */
export function accuracyOf(run: GraftRun, node: string): number {
  return (outputOf(run, node, 'metrics') as { values: { accuracy: number } }).values.accuracy
}

/** Nodes that ran, in order; reused ones are not among them. */
export function nodesThatRan(run: GraftRun): string[] {
  return eventsOf(run, 'node-finished').map((event) => event.node)
}
