import { reasonOf } from '@graft/errors'
import { parentPort } from 'node:worker_threads'
import { readHdf5Parts } from './read-contents.js'
import type { Hdf5Reply } from './thread-node.js'

// The thread of thread-node.ts: reads the files that it is given, one after the other.
const tell = (reply: Hdf5Reply): void =>
  parentPort?.postMessage(reply, reply.kind === 'tensor' ? [reply.tensor.data.buffer as ArrayBuffer] : [])

parentPort?.on('message', (bytes: Uint8Array) => void read(bytes))

async function read(bytes: Uint8Array): Promise<void> {
  try {
    for await (const part of readHdf5Parts(bytes)) tell(part)
    tell({ kind: 'end' })
  } catch (error) {
    tell({ kind: 'failed', reason: reasonOf(error) })
  }
}
