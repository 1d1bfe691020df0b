import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Hdf5Part } from './read-contents.js'

/** What the thread answers. */
export type Hdf5Reply = Hdf5Part | { readonly kind: 'end' } | { readonly kind: 'failed'; readonly reason: string }

/**
 * A thread that tells nothing for so long is ended: starting takes half a second, 16 MB of a tensor a fraction of one.
 * Only what the whole process has worked meanwhile counts, so that a busy machine doesn't; or, where a thread waits for
 * ever, a minute.
 */
const patience = { processor: 4000, clock: 60_000 }

/** How long a thread that has read a file to its end waits for the next one. */
const keptFor = 10_000

/** The built thread; null when Graft wasn't built. */
function threadFile(): string | null {
  const file = fileURLToPath(new URL('./worker-node.js', import.meta.url.replace('/src/formats/', '/dist/formats/')))
  return existsSync(file) ? file : null
}

/** Whether files are read in a thread: not in a browser, nor when sources run without having been built. */
export const hdf5ThreadIsBuilt = (): boolean => threadFile() !== null

/** A thread that waits, since its file was sound; starting one costs more than reading a small file. */
let waiting: Waiting | null = null

interface Waiting {
  readonly worker: Worker
  /** It waits no longer. */
  leave(): void
}

/**
 * Has a thread read an HDF5 file; its parts are told as they come. False when there is no built thread. Rejects when the
 * file can't be read, when the thread tells nothing for four seconds of work, and when it dies. Only a thread that read
 * its file to the end reads another.
 */
export async function readHdf5InThread(
  bytes: Uint8Array<ArrayBuffer>,
  take: (part: Hdf5Part) => void,
): Promise<boolean> {
  const file = threadFile()
  if (file === null) return false
  const worker = takeWaiting() ?? startThread(file)
  try {
    const done = finished(worker, take)
    worker.postMessage(bytes, [bytes.buffer])
    await done
  } catch (error) {
    await worker.terminate()
    throw error
  }
  await keep(worker)
  return true
}

/** What a thread says while it is ended interests no one, but has to be heard. */
function startThread(file: string): Worker {
  return new Worker(file, { execArgv: [], stdout: true, stderr: true }).on('error', () => undefined)
}

function takeWaiting(): Worker | null {
  const found = waiting
  found?.leave()
  found?.worker.ref()
  return found?.worker ?? null
}

/** One at most; it doesn't hold the process. */
async function keep(worker: Worker): Promise<void> {
  if (waiting !== null) return void (await worker.terminate())
  const drop = (): void => {
    leave()
    void worker.terminate()
  }
  const timer = setTimeout(drop, keptFor).unref()
  const leave = (): void => {
    waiting = null
    clearTimeout(timer)
    worker.off('error', drop).off('exit', drop)
  }
  worker.on('error', drop).on('exit', drop).unref()
  waiting = { worker, leave }
}

function finished(worker: Worker, take: (part: Hdf5Part) => void): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const watch = watched(() => end(new Error(`it is not read within ${patience.processor / 1000} s`)))
    const hear = (reply: Hdf5Reply): void => {
      watch.begin()
      if (reply.kind === 'end') end(null)
      else if (reply.kind === 'failed') end(new Error(reply.reason))
      else take(reply)
    }
    const stopped = (code: number): void => end(new Error(`its reader stopped (code ${code})`))
    const end = (error: Error | null): void => {
      watch.end()
      worker.off('message', hear).off('error', end).off('exit', stopped)
      if (error === null) resolve()
      else reject(error)
    }
    worker.on('message', hear).on('error', end).on('exit', stopped)
  })
}

/** Gives up when neither `begin` nor `end` is called for as long as patience lasts. */
function watched(giveUp: () => void): { begin(): void; end(): void } {
  let [processor, clock] = [process.cpuUsage(), performance.now()]
  const look = (): void => {
    const { user, system } = process.cpuUsage(processor)
    const waited = performance.now() - clock
    const worked = (user + system) / 1000
    if (Math.min(waited, worked) > patience.processor || waited > patience.clock) giveUp()
  }
  const timer = setInterval(look, 500)
  return {
    begin: () => ([processor, clock] = [process.cpuUsage(), performance.now()]),
    end: () => clearInterval(timer),
  }
}
