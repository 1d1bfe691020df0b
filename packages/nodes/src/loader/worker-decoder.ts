import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Sample } from '@graft/graph-schema'
import { LocalDecoder, picturesAtOnce, type Decoder, type PreparedPicture } from './decoder.js'
import { PicturePool } from './picture-pool.js'
import { pictureLength, recipeVersion, type Recipe } from './prepare.js'
import type { PrepareReply, PrepareRequest, WorkerSetup } from './prepare-messages.js'

/** True when this module is TypeScript source, as in tests: workers can then only come from the last build. */
export const runsFromSource = import.meta.url.endsWith('.ts')

/** The compiled worker; null when there is none (sources that were never built). */
function workerFile(): string | null {
  const file = fileURLToPath(new URL('./worker.js', import.meta.url.replace('/src/loader/', '/dist/loader/')))
  return existsSync(file) ? file : null
}

interface Job extends PrepareRequest {
  resolve(picture: PreparedPicture): void
  reject(error: Error): void
}

/** One worker thread with its queue. When it can't start or dies, its pictures are prepared in this thread instead: slower, but the same numbers. */
class DecodingWorker {
  readonly #worker: Worker
  readonly #recipe: Recipe
  readonly #pool: PicturePool
  readonly #queue: Job[] = []
  readonly #running = new Map<number, Job>()
  #fallback: LocalDecoder | null = null
  #closed = false
  #nextId = 0

  constructor(file: string, recipe: Recipe, cacheBytes: number, pool: PicturePool) {
    const workerData: WorkerSetup = { recipe, cacheBytes, memory: pool.memory }
    this.#recipe = recipe
    this.#pool = pool
    this.#worker = new Worker(file, { workerData, execArgv: [] })
    this.#worker.unref()
    this.#worker.on('message', (reply: PrepareReply) => this.#receive(reply))
    this.#worker.on('error', () => this.#fallBack())
    this.#worker.on('exit', () => this.#fallBack())
  }

  prepare(sample: Sample, view: number): Promise<PreparedPicture> {
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
      const waiting = this.#queue.shift()
      if (waiting === undefined) break
      const place = this.#pool.take()
      const job = place === null ? waiting : { ...waiting, place }
      this.#running.set(job.id, job)
      const { id, sample, view } = job
      this.#worker.postMessage({ id, sample, view, ...(place === null ? {} : { place }) } satisfies PrepareRequest)
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
    if (job !== undefined) this.#finish(job, reply)
    if (this.#fallback === null) this.#send()
  }

  #finish({ place, resolve, reject }: Job, reply: Exclude<PrepareReply, { readonly ready: number }>): void {
    const release = (): void => {
      if (place !== undefined) this.#pool.give(place)
    }
    if ('data' in reply) resolve({ data: reply.data, release })
    else if ('written' in reply && place !== undefined) resolve({ data: this.#pool.view(place), release })
    else {
      release()
      reject(new Error('error' in reply ? reply.error : 'the worker wrote to no place'))
    }
  }

  /** Places that the worker may still write to are not given back. */
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

export interface WorkerDecoderOptions {
  readonly threads: number
  /** Bytes of decoded pictures that all threads together keep. */
  readonly cacheBytes: number
  /** Prepared pictures that have a place in shared memory; more get memory of their own. */
  readonly places: number
}

/** Prepares in worker threads; null when the compiled worker is missing. Throws an Error when the recipe is wrong. */
export function startWorkerDecoder(recipe: Recipe, { threads, cacheBytes, places }: WorkerDecoderOptions): Decoder | null {
  const file = workerFile()
  if (file === null) return null
  const pool = new PicturePool(places, pictureLength(recipe.preprocessing))
  const workers = Array.from({ length: threads }, () => new DecodingWorker(file, recipe, Math.floor(cacheBytes / threads), pool))
  return {
    prepare: (sample, view, index) => workers[index % workers.length]!.prepare(sample, view),
    close: async () => void (await Promise.all(workers.map((worker) => worker.close()))),
  }
}
