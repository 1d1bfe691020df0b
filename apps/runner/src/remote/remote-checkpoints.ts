import { performance } from 'node:perf_hooks'
import type { RunCheckpoints } from '../executor/run-options.js'
import { checkpointPace } from '../checkpoints/checkpoints.js'
import { seal, unseal } from '../checkpoints/sealed.js'
import { ServerRefusal } from './server-client.js'
import type { ServerClient } from './server-client.js'

const transferTimeout = 30 * 60_000

/**
 * Checkpoints that lie with the server, where the next machine finds them. One that can't be sent is left out: the next
 * is due soon, and the run does not stop for it.
 */
export function remoteCheckpoints(client: ServerClient, lease: string): RunCheckpoints {
  const pace = checkpointPace()
  return {
    ofNode: (key) => {
      const params = { lease, key }
      let due = performance.now() + pace.interval
      return {
        load: async (warn) => {
          const sealed = await fetchCheckpoint(client, params)
          if (sealed === null) return null
          const bytes = unseal(sealed)
          if (bytes === null) warn?.('The checkpoint came damaged from the server; the node starts from its beginning.')
          return bytes
        },
        isDue: () => performance.now() >= due,
        save: async (bytes) => {
          const started = performance.now()
          const body = Buffer.concat(seal(bytes))
          await passOver(
            client.call('putCheckpoint', { params, body: () => body, patience: 0, timeout: transferTimeout }),
          )
          due = pace.next(started)
        },
      }
    },
    forget: async (key) => passOver(client.call('forgetCheckpoint', { params: { lease, key } })),
  }
}

async function fetchCheckpoint(
  client: ServerClient,
  params: Readonly<Record<string, string>>,
): Promise<Uint8Array | null> {
  try {
    return await client.bytes('getCheckpoint', { params, timeout: transferTimeout })
  } catch (error) {
    if (error instanceof ServerRefusal && error.status === 404) return null
    throw error
  }
}

async function passOver(work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!(error instanceof ServerRefusal) || error.isLeaseLost) throw error
  }
}
