import { checksumOfSource, NodeError } from '@graft/nodes'
import { createPathResolver } from '../executor/resolve-path.js'
import { findHome } from '../home.js'
import type { HelperCalls, HelperProgress } from './helper-protocol.js'

/** Between two reports of progress. */
const pause = 200

/**
 * Fetches a network by its name or address; it stays until a person removes it. Ending the process stops it, and the next
 * one goes on from what came.
 * @throws NodeError when there is nothing to fetch, or it can't be had
 */
export async function fetchNetwork(
  { source, base, roots }: HelperCalls['fetch']['ask'],
  tellProgress: (progress: HelperProgress) => void,
): Promise<HelperCalls['fetch']['answer']> {
  const progress = spacedOut(tellProgress)
  const sha256 = await checksumOfSource(source, '', {
    resolvePath: createPathResolver({ base, roots }),
    cacheDirectory: findHome().derived,
    keep: true,
    emit: (event) => {
      if (event.type === 'node-progress') progress(event)
    },
  })
  if (sha256 !== null) return { sha256 }
  throw new NodeError(
    'source',
    `"${source}" is a file, a folder or an embedded network: there is nothing to download.`,
    'Give a name such as torchvision:resnet50, or an http(s) address.',
  )
}

/** Tells the newest of what comes in quick succession, a few times a second. */
function spacedOut(tell: (progress: HelperProgress) => void): (progress: HelperProgress) => void {
  let newest: HelperProgress | null = null
  return (progress) => {
    if (newest === null)
      setTimeout(() => {
        if (newest !== null) tell(newest)
        newest = null
      }, pause)
    newest = progress
  }
}
