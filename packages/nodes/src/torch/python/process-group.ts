import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { type TorchOptions, worldSize } from '../torch-options.js'
import { lastWords } from './last-words.js'
import { torchEnvironment } from './torch-environment.js'
import { endWaiting, type TakenPython, takeWaiting } from './waiting-python.js'

export interface GroupOptions {
  readonly python: string
  /** Of all its processes together. */
  readonly threads: number
  /** Program with its arguments. */
  readonly words: readonly string[]
  readonly folder: string
  readonly options: TorchOptions
  /** Told every line of the first process, one after the other; what it gives is written back. */
  readonly onLine: (line: string) => Promise<string | null>
  /** Milliseconds that the others are given to end, once one has; default 5000. */
  readonly patience?: number
  /** Aborted when nobody wants the processes any more while they are being started; ending them then is the caller's. */
  readonly signal?: AbortSignal | undefined
}

/** A process that ended other than well. */
export interface Fallen {
  readonly rank: number
  readonly code: number | null
  readonly signal: string | null
  /** Graft ended it, because another had fallen or nobody wanted it any more. */
  readonly ended: boolean
  /** The last of what it said. */
  readonly said: string
}

/** How a group of processes ended. */
export interface GroupEnd {
  /** Those that ended other than well, the first of them first. */
  readonly fallen: readonly Fallen[]
}

export interface ProcessGroup {
  readonly ended: Promise<GroupEnd>
  kill(): void
}

/** Longest time that the others are given to end, once one has. */
const usualPatience = 5000

/**
 * Starts the processes of this machine as torchrun does, with their ranks in the environment. When one falls the others
 * are ended: they would wait for it. They end by themselves when this process does, since nobody is left at their input.
 */
export async function startGroup(group: GroupOptions): Promise<ProcessGroup> {
  const { options } = group
  const meeting = await meetingPlace(options)
  const taken = await takeLoaded(group)
  const children = Array.from({ length: options.processes }, (_, local) => startOne(group, local, meeting, taken))
  const kill = (): void => children.forEach(endWithReaders)
  return { kill, ended: endOf(children, kill, group) }
}

/** Ends a process and those that it has started to read images: each is in a group of its own. */
function endWithReaders(started: Started): void {
  const { pid, exitCode, signalCode } = started.child
  if (pid === undefined) return
  if (exitCode === null && signalCode === null) started.ended = true
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
  } catch {
    // It has ended, and so have they.
  }
}

interface Started {
  readonly child: ChildProcess
  readonly said: string[]
  /** Whether it still ran when it was ended from here. */
  ended: boolean
  readonly read: Promise<void>
}

async function meetingPlace(options: TorchOptions): Promise<Readonly<Record<string, string>>> {
  if (worldSize(options) === 1) return {}
  const [, host = '127.0.0.1', port = String(await freePort())] = /^(.+):(\d+)$/.exec(options.rendezvous ?? '') ?? []
  return { MASTER_ADDR: host, MASTER_PORT: port, WORLD_SIZE: String(worldSize(options)) }
}

/** The Python that has loaded already, for one process alone; of several none would be started like the others. */
async function takeLoaded(group: GroupOptions): Promise<TakenPython | undefined> {
  const { python, folder, words, threads, options, signal } = group
  if (worldSize(options) === 1) return takeWaiting(python, { folder, words, threads }, { signal })
  endWaiting(python)
  return undefined
}

function startOne(
  { python, threads, words, folder, options, onLine }: GroupOptions,
  local: number,
  meeting: object,
  taken: TakenPython | undefined,
): Started {
  const rank = options.nodeRank * options.processes + local
  const place = Object.keys(meeting).length === 0 ? {} : { RANK: String(rank), LOCAL_RANK: String(local) }
  const own = Math.max(1, Math.floor(threads / options.processes))
  const env = {
    ...torchEnvironment(),
    ...meeting,
    ...place,
    OMP_NUM_THREADS: process.env['OMP_NUM_THREADS'] ?? String(own),
  }
  // In a group of its own: Ctrl-C is for this process, which ends them.
  const child =
    taken?.child ?? spawn(python, [...words], { cwd: folder, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
  const said = taken?.said ?? lastWords(child)
  child.stdin?.on('error', () => undefined)
  return {
    child,
    said,
    ended: false,
    read: local === 0 ? answerLines(child, onLine) : Promise.resolve(void child.stdout?.resume()),
  }
}

async function answerLines(child: ChildProcess, onLine: GroupOptions['onLine']): Promise<void> {
  if (child.stdout === null) return
  for await (const line of createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY })) {
    const answer = await onLine(line)
    if (answer !== null) child.stdin?.write(`${answer}\n`)
  }
}

async function endOf(
  children: readonly Started[],
  kill: () => void,
  { options, patience = usualPatience }: GroupOptions,
): Promise<GroupEnd> {
  const fallen: Omit<Fallen, 'said'>[] = []
  const rankOf = (local: number): number => options.nodeRank * options.processes + local
  let timer: NodeJS.Timeout | undefined
  const ends = children.map(
    (started, local) =>
      new Promise<void>((resolve) => {
        const { child, said } = started
        child.on('error', (error) => {
          said.push(error.message)
          fallen.push({ rank: rankOf(local), code: null, signal: null, ended: false })
          resolve()
        })
        child.on('close', (code, signal) => {
          if (code !== 0) fallen.push({ rank: rankOf(local), code, signal, ended: started.ended })
          if (code !== 0) timer ??= setTimeout(kill, patience)
          resolve()
        })
      }),
  )
  const reading = Promise.all(children.map(({ read }) => read))
  try {
    await Promise.race([Promise.all(ends), reading.then(() => Promise.all(ends))])
    await reading
  } finally {
    clearTimeout(timer)
    kill()
  }
  const saidBy = (rank: number): string => children[rank - rankOf(0)]?.said.join('').slice(-4000) ?? ''
  return { fallen: fallen.map((one) => ({ ...one, said: saidBy(one.rank) })) }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
