import type { Familiarity } from '@graft/graph-schema'
import { useEffect, useState } from 'react'
import { call } from '../../api/client.js'

/**
 * Whether a photo looks like those that were learned; null while that isn't known. Nothing is asked of frames of a
 * camera: the first question takes seconds.
 */
export function useFamiliarity(runId: string, node: string | undefined, photo: Blob | null): Familiarity | null {
  const [known, setKnown] = useState<Familiarity | null>(null)
  useEffect(() => {
    setKnown(null)
    if (photo === null) return
    const abort = new AbortController()
    call('familiarity', {
      params: { id: runId },
      query: node === undefined ? {} : { node },
      upload: photo,
      signal: abort.signal,
    }).then(setKnown, () => {
      // The images are gone, or this one can't be read: the answer itself has said that.
    })
    return () => abort.abort()
  }, [runId, node, photo])
  return known
}
