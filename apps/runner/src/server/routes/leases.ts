import { renameSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { NeededFiles } from '@graft/graph-schema'
import { hash } from '../../cache/cache-key.js'
import { canonicalJson } from '../../cache/canonical-json.js'
import { openResultCache, parseResult } from '../../cache/result-cache.js'
import { createPathResolver } from '../../executor/resolve-path.js'
import { isSealed } from '../../checkpoints/sealed.js'
import { ownResults } from '../../cache/own-results.js'
import type { OwnResults } from '../../cache/own-results.js'
import { checkpointPaths, findCheckpoint, openCheckpoints } from '../../checkpoints/checkpoints.js'
import { usesPlugins } from '../services/node-library.js'
import { HttpProblem, notFound } from '../http/http-problem.js'
import type { Handlers } from '../http/register.js'
import { sendImmutableFile } from '../http/send-file.js'
import { AskInTurns } from '../machines/ask-in-turns.js'
import { receiveFile } from '../machines/receive-file.js'
import { sendFiles } from '../machines/send-files.js'
import type { Services } from '../services/services.js'

type Names =
  | 'findMissingArtifacts'
  | 'putArtifact'
  | 'getResult'
  | 'putResult'
  | 'getCheckpoint'
  | 'putCheckpoint'
  | 'forgetCheckpoint'
  | 'findNeededFiles'
  | 'sendFiles'

/** Every byte of the images is read for its checksum the first time: hours, for millions of them. */
const listMilliseconds = 6 * 3600_000

/**
 * What travels between the server and a worker that holds a lease. Whoever has lost it is refused, before anything is
 * read and again before anything is written.
 */
export function leaseHandlers(services: Services): Pick<Handlers, Names> {
  const { machines, runs, store, home, limits, helpers, nodes, roots } = services
  const { leases } = machines
  const results = openResultCache(home.results)
  const lists = new AskInTurns<NeededFiles>()
  const fenceOf = (lease: string): { base: string; roots: readonly string[] } => {
    const request = runs.requestOf(leases.require(lease).summary.id)
    // A run that was begun on the command line may read anything there, but not from another machine.
    return { base: request.base, roots: request.roots ?? roots.paths }
  }
  /** Where the run of a lease keeps its checkpoints and, where it takes none from before, which results are its own. */
  const placeOf = (lease: string): { readonly directory: string; readonly own: OwnResults | null } => {
    const { id } = leases.require(lease).summary
    const { ignoreCache, ownResults: own } = runs.requestOf(id)
    const directory = join(home.checkpoints, id)
    return { directory, own: ignoreCache || own ? ownResults(directory) : null }
  }
  return {
    findMissingArtifacts: async ({ params, body }) => {
      leases.require(params.lease)
      // What is there is about to be named in a result or an event: a clean-up leaves it alone meanwhile.
      const there = await Promise.all(body.artifacts.map((sha256) => store.keep(sha256)))
      return { missing: body.artifacts.filter((_, index) => !there[index]) }
    },
    putArtifact: async ({ params, query, request }) => {
      leases.require(params.lease)
      await receiveFile(request, home.temporary, limits.artifactBytes, async ({ path, sha256 }) => {
        if (sha256 !== params.sha256) throw wrongChecksum('artifact')
        leases.require(params.lease)
        await store.adopt(path, sha256, query.mediaType, query.name)
      })
    },
    getResult: async ({ params }) => {
      const { own } = placeOf(params.lease)
      if (own !== null && !(await own.has(params.key))) return { found: null, damaged: false }
      const result = await results.lookup(params.key, store)
      return { found: result.found, damaged: result.found === null && result.cause === 'damaged' }
    },
    putResult: async ({ params, body }) => {
      leases.require(params.lease)
      const result = parseResult(body)
      const missing = result === null ? [] : await Promise.all(result.blobs.map((sha256) => store.has(sha256)))
      if (result === null || result.key !== params.key || missing.includes(false))
        throw new HttpProblem(
          422,
          'result-invalid',
          'This is not the result of that key, or artifacts that it needs are not here. Send those first.',
        )
      const { own } = placeOf(params.lease)
      await results.save(result)
      await own?.add(params.key)
    },
    getCheckpoint: async ({ params, query, request, response }) => {
      const path = await findCheckpoint(placeOf(params.lease).directory, params.key, query.node)
      if (path === null) throw notFound('checkpoint', 'The node starts from its beginning.')
      await sendImmutableFile(path, `"${params.lease}"`, request, response, 'no-store')
    },
    putCheckpoint: async ({ params, request }) => {
      const { directory } = placeOf(params.lease)
      await receiveFile(request, home.temporary, limits.artifactBytes, async ({ path }) => {
        if (!(await isSealed(path))) throw wrongChecksum('checkpoint')
        await mkdir(directory, { recursive: true })
        const { newest, earlier } = checkpointPaths(directory, params.key)
        // In one go from here: the lease can't be lost in between.
        leases.require(params.lease)
        renameIfThere(newest, earlier)
        renameSync(path, newest)
      })
    },
    forgetCheckpoint: async ({ params }) => {
      await openCheckpoints(placeOf(params.lease).directory).forget(params.key)
    },
    findNeededFiles: async ({ params, body }) => {
      const { document } = runs.requestOf(leases.require(params.lease).summary.id)
      const helper = usesPlugins(document, await nodes.read()) ? helpers.plugins : helpers.slow
      const ask = { ...body, ...fenceOf(params.lease) }
      return lists.ask(hash(canonicalJson(ask)), () => helper.ask('neededFiles', ask, listMilliseconds))
    },
    sendFiles: async ({ params, body, response }) =>
      sendFiles(body.files, createPathResolver(fenceOf(params.lease)), response),
  }
}

const wrongChecksum = (what: string): HttpProblem =>
  new HttpProblem(422, 'checksum', `The ${what} that came has another checksum than it should. Send it again.`)

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
