import { Worker } from 'node:worker_threads'
import type { Sample } from '@graft/graph-schema'
import { imagesAtOnce, type PreparedImage } from './decoder.js'
import type { ImagePool } from './image-pool.js'
import { recipeVersion } from './prepare.js'
import type { LoaderSetup, PrepareReply, ToThread } from './prepare-messages.js'

/** An image that a loader waits for. */
export interface Job {
  /** The loader's number. */
  readonly loader: number
  readonly sample: Sample
  readonly view: number
  readonly pool: ImagePool
  resolve(image: PreparedImage): void
  reject(error: Error): void
  /** The thread has failed: someone else has to do it. */
  fallBack(): void
}

interface RunningJob extends Job {
  readonly place: number | null
}

/** One worker thread with its queue, which prepares images for any number of loaders. */
export class DecodingThread {
  readonly #worker: Worker
  readonly #queue: Job[] = []
  readonly #running = new Map<number, RunningJob>()
  #failed = false
  #nextId = 0

  constructor(file: string) {
    this.#worker = new Worker(file, { execArgv: [] })
    this.#worker.unref()
    this.#worker.on('message', (reply: PrepareReply) => this.#receive(reply))
    this.#worker.on('error', () => this.#fail())
    this.#worker.on('exit', () => this.#fail())
  }

  /** It could not be started, has died, or follows another version of the recipe. */
  get failed(): boolean {
    return this.#failed
  }

  open(loader: number, setup: LoaderSetup): void {
    this.#tell({ type: 'open', loader, setup })
  }

  /** Waiting jobs of the loader are rejected; what is being prepared is thrown away when it comes. */
  close(loader: number): void {
    const closed = new Error('the loader was closed')
    for (const job of this.#running.values()) if (job.loader === loader) job.reject(closed)
    for (const job of this.#queue) if (job.loader === loader) job.reject(closed)
    this.#queue.splice(0, Infinity, ...this.#queue.filter((job) => job.loader !== loader))
    this.#tell({ type: 'close', loader })
  }

  prepare(job: Job): void {
    if (this.#failed) return job.fallBack()
    this.#queue.push(job)
    this.#send()
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate()
  }

  #send(): void {
    while (this.#running.size < imagesAtOnce) {
      const job = this.#queue.shift()
      if (job === undefined) break
      const id = this.#nextId++
      const place = job.pool.take()
      this.#running.set(id, { ...job, place })
      this.#tell({
        type: 'prepare',
        id,
        loader: job.loader,
        sample: job.sample,
        view: job.view,
        ...(place === null ? {} : { place }),
      })
    }
    // Only work keeps the process alive, not an idle worker.
    if (this.#running.size > 0) this.#worker.ref()
    else this.#worker.unref()
  }

  #tell(message: ToThread): void {
    if (!this.#failed) this.#worker.postMessage(message)
  }

  #receive(reply: PrepareReply): void {
    if ('ready' in reply) {
      if (reply.ready !== recipeVersion) this.#fail()
      return
    }
    const job = this.#running.get(reply.id)
    this.#running.delete(reply.id)
    if (job !== undefined) finish(job, reply)
    if (!this.#failed) this.#send()
  }

  /** Places that the worker may still write to are not given back. */
  #fail(): void {
    if (this.#failed) return
    this.#failed = true
    void this.#worker.terminate()
    const jobs = [...this.#running.values(), ...this.#queue]
    this.#running.clear()
    this.#queue.length = 0
    for (const job of jobs) job.fallBack()
  }
}

function finish(
  { place, pool, resolve, reject }: RunningJob,
  reply: Exclude<PrepareReply, { readonly ready: number }>,
): void {
  const release = (): void => {
    if (place !== null) pool.give(place)
  }
  if ('data' in reply) resolve({ data: reply.data, release })
  else if ('written' in reply && place !== null) resolve({ data: pool.view(place), release })
  else {
    release()
    reject(new Error('error' in reply ? reply.error : 'the worker wrote to no place'))
  }
}
