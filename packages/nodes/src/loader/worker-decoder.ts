import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Sample } from '@graft/graph-schema'
import { LocalDecoder, picturesAtOnce, type Decoder } from './decoder.js'
import { recipeVersion, type Recipe } from './prepare.js'
import type { PrepareReply, PrepareRequest, WorkerSetup } from './prepare-messages.js'

/** True when this module is TypeScript source, as in tests: workers can then only come from the last build. */
export const runsFromSource = import.meta.url.endsWith('.ts')

/** The compiled worker; null when there is none (sources that were never built). */
function workerFile(): string | null {
  const file = fileURLToPath(new URL('./worker.js', import.meta.url.replace('/src/loader/', '/dist/loader/')))
  return existsSync(file) ? file : null
}

interface Job extends PrepareRequest {
  resolve(data: Float32Array): void
  reject(error: Error): void
}

/** One worker thread with its queue. When it can't start or dies, its pictures are prepared in this thread instead: slower, but the same numbers. */
class WorkerSlot {
  readonly #worker: Worker
  readonly #recipe: Recipe
  readonly #queue: Job[] = []
  readonly #running = new Map<number, Job>()
  #fallback: LocalDecoder | null = null
  #closed = false
  #nextId = 0

  constructor(file: string, recipe: Recipe, cacheBytes: number) {
    const workerData: WorkerSetup = { recipe, cacheBytes }
    this.#recipe = recipe
    this.#worker = new Worker(file, { workerData, execArgv: [] })
    this.#worker.unref()
    this.#worker.on('message', (reply: PrepareReply) => this.#receive(reply))
    this.#worker.on('error', () => this.#fallBack())
    this.#worker.on('exit', () => this.#fallBack())
  }

  prepare(sample: Sample, view: number): Promise<Float32Array> {
    if (this.#fallback !== null) return this.#fallback.prepare(sample, view)
    return new Promise((resolve, reject) => {
      this.#queue.push({ id: this.#nextId++, sample, view, resolve, reject })
      this.#send()
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const job of this.#takeAll()) job.reject(new Error('the loader was closed'))
    await this.#fallback?.close()
    await this.#worker.terminate()
  }

  #send(): void {
    while (this.#running.size < picturesAtOnce) {
      const job = this.#queue.shift()
      if (job === undefined) break
      this.#running.set(job.id, job)
      this.#worker.postMessage({ id: job.id, sample: job.sample, view: job.view } satisfies PrepareRequest)
    }
    // Only work keeps the process alive, not an idle worker.
    if (this.#running.size > 0) this.#worker.ref()
    else this.#worker.unref()
  }

  #receive(reply: PrepareReply): void {
    if ('ready' in reply) {
      if (reply.ready !== recipeVersion) this.#fallBack()
      return
    }
    const job = this.#running.get(reply.id)
    this.#running.delete(reply.id)
    if (job !== undefined && 'data' in reply) job.resolve(reply.data)
    else if (job !== undefined && 'error' in reply) job.reject(new Error(reply.error))
    if (this.#fallback === null) this.#send()
  }

  #fallBack(): void {
    if (this.#closed || this.#fallback !== null) return
    const fallback = new LocalDecoder(this.#recipe, 0)
    this.#fallback = fallback
    void this.#worker.terminate()
    for (const job of this.#takeAll()) fallback.prepare(job.sample, job.view).then(job.resolve, job.reject)
  }

  #takeAll(): Job[] {
    const jobs = [...this.#running.values(), ...this.#queue]
    this.#running.clear()
    this.#queue.length = 0
    return jobs
  }
}

/** Prepares in worker threads; null when the compiled worker is missing. Throws an Error when the recipe is wrong. */
export function startWorkerDecoder(recipe: Recipe, threads: number, cacheBytes: number): Decoder | null {
  const file = workerFile()
  if (file === null) return null
  const slots = Array.from({ length: threads }, () => new WorkerSlot(file, recipe, Math.floor(cacheBytes / threads)))
  return {
    prepare: (sample, view, slot) => slots[slot % slots.length]!.prepare(sample, view),
    close: async () => void (await Promise.all(slots.map((slot) => slot.close()))),
  }
}
