import { existsSync } from 'node:fs'
import type { Database } from '../../../database/open-database.js'
import { openDatabase } from '../../../database/open-database.js'
import { findHome } from '../../../home.js'
import { RunStore } from '../../../runs/run-store.js'
import type { StoredRun } from '../../../runs/stored-run.js'
import { callError } from '../../cli-error.js'

export interface OpenRuns {
  readonly database: Database
  readonly store: RunStore
}

/** The runs that every process of this person shares. */
export function openRuns(): OpenRuns {
  const database = openDatabase(findHome())
  return { database, store: new RunStore(database) }
}

/** A run by its id, the beginning or end of it where that is enough, or `last`. Throws CliError. */
export function findRun(store: RunStore, given: string): StoredRun {
  const exact = store.find(given)
  if (exact !== null) return exact
  const runs = store.list({ limit: 1000 })
  const [found, ...others] =
    given === 'last'
      ? runs.slice(0, 1)
      : runs.filter(({ summary }) => given.length >= 3 && (summary.id.startsWith(given) || summary.id.endsWith(given)))
  if (found !== undefined && others.length === 0) return found
  const isFile = existsSync(given)
    ? `"${given}" is a file: \`graft run\` runs a graph, \`graft model show\` looks into a network. `
    : ''
  const fix = `${isFile}\`graft runs\` lists runs; the end of an id, or \`last\`, is enough.`
  if (found === undefined)
    throw callError('run-unknown', runs.length === 0 ? 'There is no run yet.' : `There is no run "${given}".`, fix)
  throw callError('run-ambiguous', `${others.length + 1} runs are called something like "${given}".`, fix)
}
