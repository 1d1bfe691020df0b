import { type ChildProcess, spawn } from 'node:child_process'
import { type Batch, EngineError } from '@graft/engines'
import { z } from 'zod'
import { enginePart, programParts } from '../engine-parts.js'
import { torchEnvironment } from '../python/torch-environment.js'

/** What forward.py is asked; a batch follows where there is one. */
type Ask =
  | { readonly do: 'open'; readonly id: number; readonly folder: string; readonly device: string }
  | { readonly do: 'close'; readonly id: number }
  | { readonly do: 'run'; readonly id: number; readonly shape: readonly number[] }

const answerHead = z.union([z.object({ shape: z.array(z.int()).nullable() }), z.object({ problem: z.string() })])

interface Waiting {
  readonly ask: Ask
  resolve(answer: Batch | null): void
  reject(error: Error): void
}

/** How long it waits for another network: loading PyTorch takes seconds, holding it memory. */
const idleMilliseconds = 20_000

/** A Python that runs networks, one question after the other; ends a while after the last network was closed. */
export class ForwardServer {
  readonly #child: ChildProcess
  readonly #waiting: Waiting[] = []
  /** Networks that are open in it. */
  readonly #open = new Set<number>()
  #received: Buffer[] = []
  #said = ''
  #timer: NodeJS.Timeout | undefined
  ended = false

  constructor(
    python: string,
    threads: number,
    readonly idle = idleMilliseconds,
  ) {
    const env = { ...torchEnvironment(), OMP_NUM_THREADS: String(threads) }
    const words = [enginePart('forward.py'), programParts]
    const child = spawn(python, words, { env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
    child.stdout.on('data', (data: Buffer) => this.#receive(data))
    child.stderr.on('data', (data) => (this.#said = (this.#said + String(data)).slice(-4000)))
    child.stdin.on('error', () => undefined)
    child.on('error', (error) => this.#fall(error.message))
    child.on('close', (code, signal) => this.#fall(signal ?? `code ${code}`))
    this.#child = child
    this.#hold(false)
  }

  /** The answer to a question; throws EngineError when it is that something can't be done, or nobody is left to answer. */
  ask(ask: Ask, values?: Float32Array): Promise<Batch | null> {
    if (this.ended) return Promise.reject(this.#gone('it has ended'))
    clearTimeout(this.#timer)
    this.#hold(true)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ask, resolve, reject })
      this.#child.stdin?.write(`${JSON.stringify(ask)}\n`)
      if (values) this.#child.stdin?.write(Buffer.from(values.buffer, values.byteOffset, values.byteLength))
    })
  }

  /** Nobody has to wait for a process that nobody asks anything. */
  #hold(held: boolean): void {
    const { stdin, stdout, stderr } = this.#child
    for (const one of [this.#child, stdin, stdout, stderr] as ({ ref?(): void; unref?(): void } | null)[])
      if (held) one?.ref?.()
      else one?.unref?.()
  }

  #receive(data: Buffer): void {
    this.#received.push(data)
    for (;;) {
      const taken = takeAnswer(this.#received)
      if (taken === null) return
      this.#received = taken.rest.length === 0 ? [] : [taken.rest]
      const waiting = this.#waiting.shift()
      if (waiting) this.#count(waiting.ask, 'problem' in taken)
      if (this.#waiting.length === 0) this.#rest()
      if ('problem' in taken)
        waiting?.reject(new EngineError(`PyTorch can't run this network: ${taken.problem}`, 'Choose another engine.'))
      else waiting?.resolve(taken.batch)
    }
  }

  #count({ do: what, id }: Ask, failed: boolean): void {
    if (what === 'open' && !failed) this.#open.add(id)
    if (what === 'close') this.#open.delete(id)
  }

  #rest(): void {
    this.#hold(false)
    if (this.#open.size === 0) this.#timer = setTimeout(() => this.end(), this.idle).unref()
  }

  end(): void {
    this.ended = true
    this.#child.kill('SIGKILL')
  }

  #fall(how: string): void {
    this.ended = true
    for (const { reject } of this.#waiting.splice(0)) reject(this.#gone(how))
  }

  #gone(how: string): EngineError {
    const last = this.#said.trim().split('\n').at(-1) ?? ''
    return new EngineError(
      `The process that runs networks in PyTorch ended (${how}). ${last}`,
      'Choose another engine.',
    )
  }
}

type Taken = { readonly rest: Buffer } & ({ readonly batch: Batch | null } | { readonly problem: string })

/** The first answer among what was received, once all of it is there. */
function takeAnswer(received: Buffer[]): Taken | null {
  const first = received.find((part) => part.includes(10))
  if (first === undefined) return null
  const total = received.reduce((sum, { length }) => sum + length, 0)
  const needed = neededBytes(received)
  if (needed === null || total < needed.whole) return null
  const all = received.length === 1 && received[0] ? received[0] : Buffer.concat(received)
  const rest = all.subarray(needed.whole)
  if ('problem' in needed.head) return { rest, problem: needed.head.problem }
  const { shape } = needed.head
  if (shape === null) return { rest, batch: null }
  const values = Uint8Array.prototype.slice.call(all, needed.start, needed.whole)
  return { rest, batch: { shape, data: new Float32Array(values.buffer) } }
}

/** The head of the first answer, where its values start and end. */
function neededBytes(
  received: readonly Buffer[],
): { head: z.output<typeof answerHead>; start: number; whole: number } | null {
  const beginning = Buffer.concat(received.slice(0, received.findIndex((part) => part.includes(10)) + 1))
  const end = beginning.indexOf(10)
  if (end < 0) return null
  const head = answerHead.parse(JSON.parse(beginning.toString('utf8', 0, end)))
  const shape = 'shape' in head ? head.shape : null
  const values = shape === null ? 0 : shape.reduce((product, size) => product * size, 4)
  return { head, start: end + 1, whole: end + 1 + values }
}
