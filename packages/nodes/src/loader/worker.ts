import { parentPort, workerData } from 'node:worker_threads'
import { Preparer, recipeVersion } from './prepare.js'
import type { PrepareReply, PrepareRequest, WorkerSetup } from './prepare-messages.js'

const { recipe, cacheBytes } = workerData as WorkerSetup
const preparer = new Preparer(recipe, cacheBytes)

function reply(message: PrepareReply): void {
  parentPort?.postMessage(message, 'data' in message ? [message.data.buffer] : [])
}

parentPort?.on('message', ({ id, sample, view }: PrepareRequest) => {
  preparer.prepare(sample, view).then(
    (data) => reply({ id, data }),
    (error: unknown) => reply({ id, error: error instanceof Error ? error.message : String(error) }),
  )
})
reply({ ready: recipeVersion })
