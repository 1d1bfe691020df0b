import { createHash } from 'node:crypto'
import { onnxEngine } from '@graft/engines'

/** Enough of a run for a node to work in: blobs in memory, features in a folder. */
export function nodeContext(cacheDirectory) {
  const blobs = new Map()
  return {
    nodeId: 'node',
    signal: new AbortController().signal,
    engines: { forward: onnxEngine, training: onnxEngine },
    cacheDirectory,
    document: null,
    resolvePath: (path) => path,
    emit: () => {},
    store: {
      put: async (bytes, mediaType, name) => {
        const sha256 = createHash('sha256').update(bytes).digest('hex')
        blobs.set(sha256, bytes)
        return { sha256, bytes: bytes.length, mediaType, ...(name && { name }) }
      },
      get: async (sha256) => blobs.get(sha256),
      has: async (sha256) => blobs.has(sha256),
    },
  }
}
