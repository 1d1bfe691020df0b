import { parseResult } from '../cache/result-cache.js'
import type { CachedResult, ResultCache } from '../cache/result-cache.js'
import type { FileBlobStore } from '../store/file-blob-store.js'
import { sendBlobs } from './remote-store.js'
import type { ServerClient } from './server-client.js'

/** How paths of the server's disk are told from those of this one. */
export interface PathTranslation {
  /** A JSON value of this machine as the server is to see it. */
  toServer<Value>(value: Value): Value
  /** A JSON value of the server, with the files that it names as they are called here. */
  toLocal<Value>(value: Value): Value
}

/**
 * The server's results of nodes: the only ones that a worker goes by, so that all machines know the same. Files go
 * before the result that needs them.
 */
export function remoteCache(
  local: FileBlobStore,
  client: ServerClient,
  lease: string,
  { toServer, toLocal }: PathTranslation,
): ResultCache {
  return {
    lookup: async (key) => {
      const { found, damaged } = await client.call('getResult', { params: { lease, key } })
      const result = found === null ? null : parseResult(toLocal(found))
      return result === null ? { found: null, cause: damaged ? 'damaged' : 'absent' } : { found: result }
    },
    save: async (entry) => {
      await sendBlobs(local, client, lease, entry.blobs)
      const json: CachedResult = toServer(entry)
      await client.call('putResult', { params: { lease, key: entry.key }, json })
    },
  }
}
