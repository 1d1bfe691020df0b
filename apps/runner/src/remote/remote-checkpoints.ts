import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { GraftError } from '@graft/errors'
import type { RunCheckpoints } from '../executor/run-options.js'
import { checkpointPace } from '../checkpoints/checkpoints.js'
import { isSealed, seal, unseal } from '../checkpoints/sealed.js'
import { bounded } from '../store/bounded.js'
import { writeStream } from '../store/write-stream.js'
import { formatBytes } from '../text/format-values.js'
import { piecesOf } from './pieces.js'
import { ServerRefusal, serverIsFull } from './server-client.js'
import type { ServerClient } from './server-client.js'

const transferTimeout = 30 * 60_000
/** One that came whole in length and wrong in content is asked for so often. */
const mostTries = 3

export interface RemoteCheckpointLimits {
  /** Folder on this machine where one that comes is written first. */
  readonly temporary: string
  /** Most bytes of one. */
  readonly limitBytes: number
}

/**
 * Checkpoints that lie with the server, where the next machine finds them. One that can't be sent is left out: the next
 * is due soon, and the run does not stop for it. A network that the server will not take ones of is told of, once.
 */
export function remoteCheckpoints(client: ServerClient, lease: string, limits: RemoteCheckpointLimits): RunCheckpoints {
  const pace = checkpointPace()
  let hasWarned = false
  return {
    ofNode: (key, node, warn) => {
      const params = { lease, key }
      let due = performance.now() + pace.interval
      const told = (refusal: ServerRefusal): void => {
        if (hasWarned || (refusal.mayPass && refusal.status !== serverIsFull)) return
        hasWarned = true
        warn?.(`The server did not take a checkpoint, so another machine could not go on from it: ${refusal.message}`)
      }
      return {
        load: (damaged) => fetchCheckpoint(client, params, node, limits, damaged),
        isDue: () => performance.now() >= due,
        save: async (bytes) => {
          const started = performance.now()
          await passOver(send(client, params, bytes), told)
          due = pace.next(started)
        },
      }
    },
    forget: async (key) => passOver(client.call('forgetCheckpoint', { params: { lease, key } })),
  }
}

async function send(client: ServerClient, params: Readonly<Record<string, string>>, bytes: Uint8Array): Promise<void> {
  const parts = seal(bytes)
  const total = parts.reduce((sum, { byteLength }) => sum + byteLength, 0)
  client.refuseTooLarge('checkpoint', total)
  const body = (): ReadableStream<Uint8Array> => ReadableStream.from(piecesOf(parts))
  await client.call('putCheckpoint', { params, body, patience: 0, timeout: transferTimeout })
}

/** Comes to disk, within the limit; only what came whole is read. Null when the server has none that is. */
async function fetchCheckpoint(
  client: ServerClient,
  params: { readonly lease: string; readonly key: string },
  node: string,
  { temporary, limitBytes }: RemoteCheckpointLimits,
  warn?: (message: string) => void,
): Promise<Uint8Array | null> {
  await mkdir(temporary, { recursive: true })
  const path = join(temporary, `checkpoint-${randomBytes(8).toString('hex')}`)
  try {
    for (let tries = 0; tries < mostTries; tries++) {
      await client.receive('getCheckpoint', { params, query: { node }, timeout: transferTimeout }, async (parts) => {
        // What came of a transfer that broke off.
        await rm(path, { force: true })
        await writeStream(
          bounded(parts, limitBytes, () => tooLarge(limitBytes)),
          path,
        )
      })
      if (await isSealed(path)) return unseal(await readFile(path))
    }
    warn?.(
      'The checkpoint came damaged from the server, and again when it was asked for again; the node starts from its beginning.',
    )
    return null
  } catch (error) {
    if (error instanceof ServerRefusal && error.status === 404) return null
    throw error
  } finally {
    await rm(path, { force: true })
  }
}

const tooLarge = (limit: number): GraftError =>
  new GraftError({
    code: 'transfer-too-large',
    message: `The checkpoint of the server is larger than the ${formatBytes(limit)} that this worker takes.`,
    fix: 'Start the worker with a larger --data-limit.',
  })

async function passOver(work: Promise<unknown>, told?: (refusal: ServerRefusal) => void): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!(error instanceof ServerRefusal) || error.isLeaseLost) throw error
    told?.(error)
  }
}
