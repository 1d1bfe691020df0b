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

/** The built thread; null when Graft wasn't built. */
function threadFile(): string | null {
  const file = fileURLToPath(new URL('./worker-node.js', import.meta.url.replace('/src/formats/', '/dist/formats/')))
  return existsSync(file) ? file : null
}

/**
 * Has a thread read an HDF5 file; its parts are told as they come. False when there is no built thread. Rejects when the
 * file can't be read, when the thread tells nothing for four seconds of work, and when it dies.
 */
export async function readHdf5InThread(
  bytes: Uint8Array<ArrayBuffer>,
  take: (part: Hdf5Part) => void,
): Promise<boolean> {
  const file = threadFile()
  if (file === null) return false
  const worker = new Worker(file, {
    execArgv: [],
    workerData: bytes,
    transferList: [bytes.buffer],
    stdout: true,
    stderr: true,
  })
  try {
    await finished(worker, take)
  } finally {
    await worker.terminate()
  }
  return true
}

function finished(worker: Worker, take: (part: Hdf5Part) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const watch = watched(() => reject(new Error(`it is not read within ${patience.processor / 1000} s`)))
    worker.on('message', (reply: Hdf5Reply) => {
      watch.begin()
      if (reply.kind === 'end') return resolve()
      if (reply.kind === 'failed') return reject(new Error(reply.reason))
      take(reply)
    })
    worker.on('error', reject)
    worker.on('exit', (code) => {
      watch.end()
      reject(new Error(`its reader stopped (code ${code})`))
    })
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
