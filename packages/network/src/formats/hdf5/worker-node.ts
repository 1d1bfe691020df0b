import { reasonOf } from '@graft/errors'
import { parentPort, workerData } from 'node:worker_threads'
import { readHdf5Parts } from './read-contents.js'
import type { Hdf5Reply } from './thread-node.js'

// The thread of thread-node.ts: reads one file and ends.
const tell = (reply: Hdf5Reply): void =>
  parentPort?.postMessage(reply, reply.kind === 'tensor' ? [reply.tensor.data.buffer as ArrayBuffer] : [])

try {
  for await (const part of readHdf5Parts(workerData as Uint8Array)) tell(part)
  tell({ kind: 'end' })
} catch (error) {
  tell({ kind: 'failed', reason: reasonOf(error) })
}
