import { parentPort } from 'node:worker_threads'
import { textOf } from '@graft/errors'
import { viewOfPlace } from './image-pool.js'
import { imageLength, Preparer, recipeVersion } from './prepare.js'
import type { PrepareReply, PrepareRequest, ToThread } from './prepare-messages.js'

interface Loader {
  readonly preparer: Preparer
  readonly memory: SharedArrayBuffer
  readonly length: number
}

const loaders = new Map<number, Loader>()

function reply(message: PrepareReply): void {
  parentPort?.postMessage(message, 'data' in message ? [message.data.buffer] : [])
}

async function answer({ id, loader, sample, view, place }: PrepareRequest): Promise<PrepareReply> {
  const known = loaders.get(loader)
  if (known === undefined) throw new Error('the loader was closed')
  if (place === undefined) return { id, data: await known.preparer.prepare(sample, view) }
  await known.preparer.prepareInto(viewOfPlace(known.memory, place, known.length), sample, view)
  return { id, written: true }
}

parentPort?.on('message', (message: ToThread) => {
  if (message.type === 'open') {
    const { recipe, cacheBytes, memory } = message.setup
    loaders.set(message.loader, {
      preparer: new Preparer(recipe, cacheBytes),
      memory,
      length: imageLength(recipe.preprocessing),
    })
  } else if (message.type === 'close') loaders.delete(message.loader)
  else answer(message).then(reply, (error: unknown) => reply({ id: message.id, error: textOf(error) }))
})
reply({ ready: recipeVersion })
