import { join } from 'node:path'
import { openResultCache } from '../cache/result-cache.js'
import { openCheckpoints } from '../checkpoints/checkpoints.js'
import { createPathResolver } from '../executor/resolve-path.js'
import type { RunOptions } from '../executor/run-options.js'
import type { Home } from '../home.js'
import { remoteCache } from '../remote/remote-cache.js'
import { remoteCheckpoints } from '../remote/remote-checkpoints.js'
import { RemoteFiles } from '../remote/remote-files.js'
import { remoteStore } from '../remote/remote-store.js'
import { ServerClient } from '../remote/server-client.js'
import { openBlobStore } from '../store/file-blob-store.js'
import { meets } from './run-request.js'
import type { RemoteRun, RunRequest } from './run-request.js'

/** Where what a run reads and leaves behind is kept. */
type Place = Pick<RunOptions, 'store' | 'cache' | 'checkpoints' | 'resolvePath' | 'bringFiles'>

/** This machine's folders; for a run that was leased from a server, those of the server. */
export function openPlace(request: RunRequest, home: Home, signal: AbortSignal): Place {
  if (request.remote !== undefined) return openRemote(request, request.remote, home, signal)
  const { base, roots, runId, together } = request
  return {
    store: openBlobStore(home.store),
    cache: openResultCache(home.results),
    checkpoints: openCheckpoints(join(home.checkpoints, runId), { keepLast: meets(together) }),
    resolvePath: createPathResolver({ base, ...(roots ? { roots } : {}) }),
  }
}

function openRemote({ base }: RunRequest, remote: RemoteRun, home: Home, signal: AbortSignal): Place {
  const { lease, mounted, limitBytes } = remote
  // A run is not failed because its server is away: it goes on once that is back, or is stopped.
  const client = new ServerClient(remote, signal, Number.POSITIVE_INFINITY)
  const local = openBlobStore(home.store)
  // What came for this run is known to the files, whose lists come through the store.
  const checkPath = (path: string): void => files.checkPath(path)
  const store = remoteStore(local, client, lease, { temporary: home.temporary, limitBytes, checkPath })
  const files: RemoteFiles = new RemoteFiles({ client, lease, store, mirror: home.mirror, base, mounted, limitBytes })
  return {
    store,
    cache: remoteCache(local, client, lease, files.translation),
    checkpoints: remoteCheckpoints(client, lease, { temporary: home.temporary, limitBytes }),
    resolvePath: files.resolvePath,
    bringFiles: (node, params, say) => files.fingerprint(node, params, say),
  }
}
