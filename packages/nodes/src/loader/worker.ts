import { parentPort, workerData } from 'node:worker_threads'
import { viewOfPlace } from './picture-pool.js'
import { pictureLength, Preparer, recipeVersion } from './prepare.js'
import type { PrepareReply, PrepareRequest, WorkerSetup } from './prepare-messages.js'

const { recipe, cacheBytes, memory } = workerData as WorkerSetup
const length = pictureLength(recipe.preprocessing)
const preparer = new Preparer(recipe, cacheBytes)

function reply(message: PrepareReply): void {
  parentPort?.postMessage(message, 'data' in message ? [message.data.buffer] : [])
}

async function answer({ id, sample, view, place }: PrepareRequest): Promise<PrepareReply> {
  if (place === undefined) return { id, data: await preparer.prepare(sample, view) }
  await preparer.prepareInto(viewOfPlace(memory, place, length), sample, view)
  return { id, written: true }
}

parentPort?.on('message', (request: PrepareRequest) => {
  answer(request).then(
    reply,
    (error: unknown) => reply({ id: request.id, error: error instanceof Error ? error.message : String(error) }),
  )
})
reply({ ready: recipeVersion })
