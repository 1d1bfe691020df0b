import type { BlobStore } from '@graft/nodes'

/**
 * A view of a store for one node: notes every blob it puts, so that a cached result knows all that it needs, nested
 * thumbnails included.
 */
export function recordPuts(store: BlobStore): { readonly store: BlobStore; readonly put: ReadonlySet<string> } {
  const put = new Set<string>()
  return {
    put,
    store: {
      put: async (bytes, mediaType, name) => {
        const reference = await store.put(bytes, mediaType, name)
        put.add(reference.sha256)
        return reference
      },
      get: (sha256) => store.get(sha256),
      has: (sha256) => store.has(sha256),
      ...(store.checkPath && { checkPath: (path) => store.checkPath?.(path) }),
    },
  }
}
