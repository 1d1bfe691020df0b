import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Hdf5Part } from './read-contents.js'

/** What the thread answers. */
export type Hdf5Reply = Hdf5Part | { readonly kind: 'end' } | { readonly kind: 'failed'; readonly reason: string }

/** A thread that tells nothing for so long is ended: starting takes a second, 16 MB of a tensor a fraction of one. */
const patience = 10_000

/** The built thread; null when Graft wasn't built. */
function threadFile(): string | null {
  const file = fileURLToPath(new URL('./worker-node.js', import.meta.url.replace('/src/formats/', '/dist/formats/')))
  return existsSync(file) ? file : null
}

/**
 * Has a thread read an HDF5 file; its parts are told as they come. False when there is no built thread. Rejects when the
 * file can't be read, when the thread tells nothing for ten seconds, and when it dies.
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
    const giveUp = (): void => reject(new Error(`it is not read within ${patience / 1000} s`))
    let timer = setTimeout(giveUp, patience)
    worker.on('message', (reply: Hdf5Reply) => {
      clearTimeout(timer)
      if (reply.kind === 'end') return resolve()
      if (reply.kind === 'failed') return reject(new Error(reply.reason))
      timer = setTimeout(giveUp, patience)
      take(reply)
    })
    const failed = (error: Error): void => {
      clearTimeout(timer)
      reject(error)
    }
    worker.on('error', failed)
    worker.on('exit', (code) => failed(new Error(`its reader stopped (code ${code})`)))
  })
}
