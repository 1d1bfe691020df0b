import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { enginePart } from '../engine-parts.js'
import { lastWords } from './last-words.js'
import { torchEnvironment } from './torch-environment.js'

/** How long a Python that has been asked what it has waits for a program: it holds memory. */
const idleMilliseconds = 60_000

/** How long one that is given a program may still load what it had begun to; a new one would have all of it to load. */
const takingMilliseconds = 60_000

/** What ready.py says once it has a program and is about to run it. */
const receipt = '{"taken": true}'

/** A program with its arguments, where it runs, and the threads it computes with. */
export interface Job {
  readonly folder: string
  readonly words: readonly string[]
  readonly threads: number
}

/** A Python that runs the job it was given; what it says next is the program's. */
export interface TakenPython {
  readonly child: ChildProcessWithoutNullStreams
  /** The last of what it has said on its error output so far, and goes on to say. */
  readonly said: string[]
}

export type Answered<Answer> = { readonly found: Answer } | { readonly problem: string }

const waiting = new Map<string, WaitingPython>()

/**
 * Starts a Python that says in a line what it has, then loads what a training needs and waits for one: loading PyTorch takes
 * seconds, in which a run reads its images.
 * @param read what a line says; null where it is not the answer but something that is printed at every start
 */
export async function startWaiting<Answer>(
  python: string,
  patience: number,
  read: (line: string) => Answer | null,
): Promise<Answered<Answer>> {
  const one = new WaitingPython(python)
  const answered = await one.hear(patience, read)
  if ('problem' in answered) one.end()
  else keep(python, one)
  return answered
}

/**
 * Gives a job to the Python that waits, if one does and would be started the same way now. Undefined where none takes it
 * (it has died, or is stuck, or the signal came first): then one has to be started for it.
 */
export async function takeWaiting(
  python: string,
  job: Job,
  {
    signal,
    patience = takingMilliseconds,
  }: { readonly signal?: AbortSignal | undefined; readonly patience?: number } = {},
): Promise<TakenPython | undefined> {
  const one = waiting.get(python)
  waiting.delete(python)
  if (one === undefined) return undefined
  if (signal?.aborted !== true && one.isAsStartedNow()) {
    const stop = (): void => one.end()
    signal?.addEventListener('abort', stop)
    const taken = await one.give(job, patience)
    signal?.removeEventListener('abort', stop)
    if (taken !== null) return taken
  }
  one.end()
  return undefined
}

/** Ends the Python that waits: what comes now has no use for it, and it would be in the way. */
export function endWaiting(python: string): void {
  waiting.get(python)?.end()
  waiting.delete(python)
}

function keep(python: string, one: WaitingPython): void {
  endWaiting(python)
  waiting.set(python, one)
  one.hold(false)
  setTimeout(() => waiting.get(python) === one && endWaiting(python), idleMilliseconds).unref()
}

class WaitingPython {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #said: string[]
  readonly #environment: string
  #out = Buffer.alloc(0)
  /** Whoever waits for a line: told each, and why no other will come. */
  #onLine: ((line: string) => void) | null = null
  #onEnd: ((problem: string) => void) | null = null

  constructor(python: string) {
    const env = torchEnvironment()
    this.#environment = textOf(env)
    const stdio = ['pipe', 'pipe', 'pipe'] as const
    // In a group of its own: Ctrl-C is for this process, which ends it.
    const around = { env, detached: true, windowsHide: true, stdio: [...stdio] as ['pipe', 'pipe', 'pipe'] }
    const child = spawn(python, [enginePart('ready.py')], around)
    child.stdin.on('error', () => undefined)
    child.stdout.on('data', this.#receive)
    child.on('error', ({ message }) => this.#fall(message))
    child.on('close', (code, signal) => this.#fall(this.#lastLine() ?? `it ended with ${signal ?? `code ${code}`}`))
    this.#said = lastWords(child)
    this.#child = child
  }

  /** The first line that says something, for so long; else why there is none. */
  hear<Heard>(patience: number, read: (line: string) => Heard | null): Promise<Answered<Heard>> {
    return new Promise((resolve) => {
      let other = false
      const settle = (answer: Answered<Heard>): void => {
        clearTimeout(timer)
        this.#onLine = this.#onEnd = null
        resolve(answer)
      }
      const timer = setTimeout(() => settle({ problem: `no answer within ${patience / 1000} s` }), patience)
      this.#onLine = (line) => {
        const found = read(line)
        if (found !== null) settle({ found })
        other = true
      }
      this.#onEnd = (problem) =>
        settle({ problem: other && this.#child.exitCode === 0 ? 'it answered something else than was asked' : problem })
    })
  }

  /** Whether one that is started now would have the same packages, devices and threads. */
  isAsStartedNow(): boolean {
    const { exitCode, signalCode } = this.#child
    return exitCode === null && signalCode === null && this.#environment === textOf(torchEnvironment())
  }

  /** Hands it over with a job; null where it doesn't take it. */
  async give(job: Job, patience: number): Promise<TakenPython | null> {
    const { stdin } = this.#child
    this.hold(true)
    const heard = this.hear(patience, (line) => (line === receipt ? this.#release() : null))
    stdin.write(`${JSON.stringify(job)}\n`)
    const taken = await heard
    return 'found' in taken ? taken.found : null
  }

  /** Nobody has to wait for a process that waits. */
  hold(held: boolean): void {
    const { stdin, stdout, stderr } = this.#child
    for (const one of [this.#child, stdin, stdout, stderr] as { ref?(): void; unref?(): void }[])
      if (held) one.ref?.()
      else one.unref?.()
  }

  end(): void {
    this.#child.kill('SIGKILL')
  }

  /** It belongs to whoever has it from now on, with all that it says behind the receipt. */
  #release(): TakenPython {
    const child = this.#child
    child.removeAllListeners()
    child.stdout.off('data', this.#receive).pause()
    if (this.#out.length > 0) child.stdout.unshift(this.#out)
    this.#out = Buffer.alloc(0)
    return { child, said: this.#said }
  }

  readonly #receive = (data: Buffer): void => {
    this.#out = Buffer.concat([this.#out, data])
    for (let end = this.#out.indexOf(10); end >= 0; end = this.#out.indexOf(10)) {
      const line = this.#out.toString('utf8', 0, end).trimEnd()
      this.#out = this.#out.subarray(end + 1)
      this.#onLine?.(line)
    }
  }

  #fall(problem: string): void {
    this.#onEnd?.(problem)
  }

  #lastLine(): string | undefined {
    return this.#said.join('').trim().split('\n').at(-1) || undefined
  }
}

const textOf = (environment: NodeJS.ProcessEnv): string =>
  JSON.stringify(Object.entries(environment).toSorted(([one], [other]) => (one < other ? -1 : 1)))
