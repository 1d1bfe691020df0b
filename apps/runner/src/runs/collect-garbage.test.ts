import { existsSync, mkdirSync, mkdtempSync, readdirSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openResultCache } from '../cache/result-cache.js'
import { openDatabase } from '../database/open-database.js'
import { findHome } from '../home.js'
import type { Home } from '../home.js'
import { openBlobStore } from '../store/file-blob-store.js'
import { graphOf } from '../testing/run-stub-graph.js'
import { collectGarbage } from './collect-garbage.js'
import { RunStore } from './run-store.js'

function makeOld(home: Home): void {
  for (const entry of readdirSync(home.root, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) utimesSync(join(entry.parentPath, entry.name), 1000, 1000)
}

it('frees what no kept run needs, however small the budget, and nothing that one does', async () => {
  const home = findHome({ GRAFT_HOME: mkdtempSync(join(tmpdir(), 'graft-gc-')) })
  const database = openDatabase(home)
  const store = new RunStore(database)
  const blobs = openBlobStore(home.store)
  const cache = openResultCache(home.results)
  const request = {
    document: graphOf({}),
    graph: 'g',
    base: '/',
    engine: 'auto',
    ignoreCache: false,
    debug: false,
  } as const
  const runs: { id: string; blob: string }[] = []
  for (const text of ['old', 'new']) {
    const { sha256 } = await blobs.put(new TextEncoder().encode(text.repeat(1000)), 'text/plain')
    await cache.save({ key: text, type: 'x', outputs: {}, blobs: [sha256], notices: [], milliseconds: 1, time: '' })
    const { id } = store.startNow({ request }).summary
    store.append(id, [
      { type: 'run-started', graph: 'g', nodes: ['a'], engine: 'x' },
      { type: 'node-finished', node: 'a', outputs: {}, milliseconds: 1, blobs: [sha256] },
      { type: 'run-finished', status: 'failed', outputs: {}, milliseconds: 1 },
    ])
    mkdirSync(join(home.checkpoints, id), { recursive: true })
    runs.push({ id, blob: sha256 })
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const [old, recent] = runs as [(typeof runs)[0], (typeof runs)[0]]
  makeOld(home)
  // `blobs.has` reads the file, and what has just been read counts as in use.
  const isStored = (sha256: string): boolean => existsSync(blobs.path(sha256))
  expect(await collectGarbage(home, store, { limitBytes: 0 })).toMatchObject({ runs: 0, bytesKept: 6000 })
  expect([isStored(old.blob), isStored(recent.blob)]).toEqual([true, true])
  expect(await collectGarbage(home, store, { limitBytes: 0, keepRuns: 1 })).toMatchObject({ runs: 1, bytesKept: 3000 })
  expect([isStored(old.blob), isStored(recent.blob)]).toEqual([false, true])
  expect([existsSync(join(home.checkpoints, old.id)), existsSync(join(home.checkpoints, recent.id))]).toEqual([
    false,
    true,
  ])
  database.close()
})
