import { meets } from '../process/run-request.js'
import type { StoredRequest } from './stored-run.js'

/**
 * What a run is asked the second time: to keep the engine that it was with, and to take no results of before but its own
 * where it was to take none. One that meets others takes no result at all: they may not have it.
 */
export function goingOn(request: StoredRequest, engine: string): StoredRequest {
  const own = request.ignoreCache && !meets(request.together)
  return {
    ...request,
    ...(own && { ignoreCache: false, ownResults: true as const }),
    ...(engine !== '' && { prefers: engine }),
  }
}
