import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fixOf, reasonOf } from '@graft/errors'
import type { RunEventBody } from '@graft/graph-schema'
import type { NodeDefinition } from '@graft/nodes'
import { cleanUp } from '../cache/clean-up.js'
import { openHistory } from '../cache/history.js'
import { cacheLimits } from '../cache/limits.js'
import { givenIdentity } from '../checkpoints/given-checkpoint.js'
import { ownResults } from '../cache/own-results.js'
import { freshOnly } from '../cache/result-cache.js'
import type { ResultCache } from '../cache/result-cache.js'
import { keptBlobs } from '../database/kept-blobs.js'
import { openDatabase } from '../database/open-database.js'
import type { Computing, Settled, SettleQuestion } from '../executor/computing.js'
import { limitBehind } from '../executor/process-limits.js'
import { runGraph } from '../executor/run-graph.js'
import { type RunOptions, RunRefused } from '../executor/run-options.js'
import { exportProgram } from '../exporting/export-program.js'
import { findHome } from '../home.js'
import type { Home } from '../home.js'
import { version } from '../version.js'
import { runEngines } from '../engines/run-engines.js'
import { openPlace } from './open-place.js'
import { meets } from './run-request.js'
import type { RunRequest } from './run-request.js'

/** Picks the engines for `--engine` and `--device`; throws when none can do the work. */
export type ChooseEngines = typeof runEngines

/**
 * Runs a request in this process, with the store and cache of `$GRAFT_HOME`. Throws RunRefused before the first event.
 */
export async function* executeRequest(
  request: RunRequest,
  library: readonly NodeDefinition[],
  signal: AbortSignal,
  choose: ChooseEngines = runEngines,
): AsyncGenerator<RunEventBody, void, void> {
  const home = findHome()
  const engines = goingOn(await pickEngines(request, home, signal, choose), await givenTo(request, home))
  const { cache, ...place } = openPlace(request, home, signal)
  let succeeded = false
  for await (const event of runGraph(request.document, {
    library,
    ...engines,
    signal,
    debug: request.debug,
    ignoreCache: request.ignoreCache,
    ...place,
    cache: cacheFor(request, cache, home),
    history: openHistory(home.history, request.graph),
    cacheDirectory: home.derived,
    about: { run: request.runId, graft: version },
    memoryBytes: cacheLimits().memory,
    ...(request.to ? { to: request.to } : {}),
    ...(request.remote === undefined && { program: programOf(request, library) }),
  })) {
    succeeded = event.type === 'run-finished' && event.status === 'succeeded'
    yield event
  }
  // A cache that can't be tidied is not a reason to call a finished run failed.
  await tidy(home, succeeded ? request.runId : null).catch(() => undefined)
}

/** Machines that train together meet only where each of them trains, so that none may have the result already. */
function cacheFor(
  { ignoreCache, ownResults: own, together, remote, runId }: RunRequest,
  cache: ResultCache,
  home: Home,
): ResultCache {
  if (!ignoreCache && own === undefined) return cache
  // A server keeps that of a leased run.
  const keeps = remote === undefined && !meets(together)
  return freshOnly(cache, keeps ? ownResults(join(home.checkpoints, runId)) : undefined)
}

const givenTo = async ({ remote, given, runId }: RunRequest, home: Home): Promise<string | null> =>
  remote === undefined ? givenIdentity(join(home.checkpoints, runId)) : (given ?? null)

const programOf =
  ({ base, roots }: RunRequest, library: readonly NodeDefinition[]): NonNullable<RunOptions['program']> =>
  (document, { train: last, byLibrary }, signal) =>
    exportProgram({ document, base, last, byLibrary, signal, ...(roots && { roots }) }, library)

/** What a checkpoint from elsewhere leads to is not what the graph alone leads to, and is kept under another key. */
function goingOn<Engines extends Awaited<ReturnType<ChooseEngines>>>(engines: Engines, given: string | null): Engines {
  if (given === null) return engines
  const named = <Known extends Omit<Computing, 'settle'>>(computing: Known): Known => ({
    ...computing,
    identity: async () => `${await computing.identity()}, going on from ${given}`,
  })
  const { settle, ...computing } = engines.computing
  const settled = settle && {
    settle: async (question: SettleQuestion): Promise<Settled | null> => {
      const found = await settle(question)
      return found && { ...found, computing: named(found.computing) }
    },
  }
  return { ...engines, computing: { ...named(computing), ...settled } }
}

/**
 * Checkpoints of a run that has ended well are of no use; the cache is kept within its budget, without what recorded
 * runs need.
 */
async function tidy(home: Home, succeeded: string | null): Promise<void> {
  const database = openDatabase(home)
  try {
    await cleanUp(home, cacheLimits().disk, Date.now(), keptBlobs(database))
    if (succeeded !== null) await rm(join(home.checkpoints, succeeded), { recursive: true, force: true })
  } finally {
    database.close()
  }
}

async function pickEngines(
  { engine, device = 'auto', together, prefers }: RunRequest,
  home: Home,
  signal: AbortSignal,
  choose: ChooseEngines,
): ReturnType<ChooseEngines> {
  try {
    return await choose(
      { engine, device },
      { home, signal, ...(together && { together }), ...(prefers && { prefers }) },
    )
  } catch (error) {
    const fix = limitBehind(reasonOf(error)) ?? fixOf(error, '`graft doctor` shows every engine and what it lacks.')
    throw new RunRefused([{ code: 'engine-unavailable', severity: 'error', message: reasonOf(error), fix }])
  }
}
