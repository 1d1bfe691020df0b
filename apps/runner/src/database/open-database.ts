import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { GraftError, textOf } from '@graft/errors'
import Libsql from 'libsql'
import { z } from 'zod'
import type { Home } from '../home.js'
import { schemaSteps } from './schema.js'

/** How long a command waits for another process's transaction; they take milliseconds, compacting takes seconds. */
const patienceMilliseconds = 15_000

/** A row as the database gives it; each reader parses it. */
export type Row = unknown
type Value = string | number | null | Uint8Array

/**
 * The SQLite database that every process of a person shares. Everything is synchronous; a transaction is on disk when
 * its call returns.
 */
export interface Database {
  run(sql: string, ...values: readonly Value[]): { readonly changes: number }
  get(sql: string, ...values: readonly Value[]): Row
  all(sql: string, ...values: readonly Value[]): readonly Row[]
  /** Runs `work` as one transaction that no other process interleaves with; undone when it throws. May be nested. */
  transaction<Result>(work: () => Result): Result
  /** Changes whenever another connection has written. */
  version(): number
  close(): void
}

/** The database is of a newer Graft, or is no database; the message says what to do. */
export class DatabaseError extends GraftError {
  override readonly name = 'DatabaseError'
  constructor(message: string, fix: string, options?: ErrorOptions) {
    super({ code: 'database', message, fix }, options)
  }
}

/**
 * Opens `graft.db` in the home folder, creating both when needed, and brings it to the newest layout. Throws
 * DatabaseError when it can't be used. A statement blocks the whole process while it waits for another one's
 * transaction; a process that has others to serve waits for `busyMilliseconds` only, and tries again later (`persist`).
 */
export function openDatabase(
  home: Home,
  { busyMilliseconds = patienceMilliseconds }: { readonly busyMilliseconds?: number } = {},
): Database {
  mkdirSync(home.root, { recursive: true })
  const path = join(home.root, 'graft.db')
  const connection = new Libsql(path)
  try {
    connection.pragma(`busy_timeout = ${patienceMilliseconds}`)
    connection.pragma('journal_mode = WAL')
    // A killed process loses nothing; a power cut may take the last moments, but never leaves the file damaged.
    connection.pragma('synchronous = NORMAL')
    const database = wrap(connection)
    migrate(connection, database, path)
    requireTables(database, path)
    connection.pragma(`busy_timeout = ${busyMilliseconds}`)
    return database
  } catch (error) {
    connection.close()
    if (error instanceof DatabaseError) throw error
    throw new DatabaseError(
      `The database ${path} can't be used: ${textOf(error)}.`,
      'Check that the disk is not full and the folder may be written; if the file is damaged, move it away and Graft starts a new one.',
    )
  }
}

function migrate(connection: Libsql.Database, database: Database, path: string): void {
  const version = (): number =>
    z.object({ user_version: z.number() }).parse(database.get('pragma user_version')).user_version
  if (version() > schemaSteps.length)
    throw new DatabaseError(
      `The database ${path} was written by a newer Graft (layout ${version()}, this one knows up to ${schemaSteps.length}).`,
      'Update Graft, or set GRAFT_HOME to another folder.',
    )
  if (version() === schemaSteps.length) return
  if (version() === 0) requireEmpty(database, path)
  database.transaction(() => {
    // Asked again inside: another process may have been quicker.
    for (const step of schemaSteps.slice(version())) connection.exec(step)
    connection.exec(`pragma user_version = ${schemaSteps.length}`)
  })
}

/** Tables without a layout number: something has reset it, and the steps would fail over what is there. */
function requireEmpty(database: Database, path: string): void {
  const tables = database.all("select name from sqlite_master where type = 'table'").map((row) => named.parse(row).name)
  const layout = z.object({ user_version: z.number() }).parse(database.get('pragma user_version')).user_version
  if (layout !== 0 || !tables.includes('runs')) return
  throw new DatabaseError(
    `The database ${path} is damaged: it has tables, but the number of their layout is gone.`,
    'Restore it from a copy, or move the file away and Graft starts a new one; files and results that are kept beside it stay.',
  )
}

/** A database that lacks a table would fail at the first question about it, and blame the disk. */
function requireTables(database: Database, path: string): void {
  const tables = database.all("select name from sqlite_master where type = 'table'").map((row) => named.parse(row).name)
  const missing = [
    'runs',
    'events',
    'event_pages',
    'states',
    'graphs',
    'graph_versions',
    'run_blobs',
    'drafts',
    'workers',
  ].filter((name) => !tables.includes(name))
  if (missing.length > 0)
    throw new DatabaseError(
      `The database ${path} is damaged: it has no table ${missing.map((name) => `"${name}"`).join(' and ')}.`,
      'Move the file away and Graft starts a new one; files and results that are kept beside it stay.',
    )
}

const named = z.object({ name: z.string() })

function wrap(connection: Libsql.Database): Database {
  const prepared = new Map<string, Libsql.Statement<Value[]>>()
  const prepare = (sql: string): Libsql.Statement<Value[]> => {
    const known = prepared.get(sql)
    if (known !== undefined) return known
    const statement = connection.prepare<Value[]>(sql)
    prepared.set(sql, statement)
    return statement
  }
  let depth = 0
  return {
    run: (sql, ...values) => ({ changes: prepare(sql).run(...values).changes }),
    get: (sql, ...values) => prepare(sql).get(...values),
    all: (sql, ...values) => prepare(sql).all(...values),
    transaction: (work) => {
      if (depth > 0) return work()
      connection.exec('begin immediate')
      depth += 1
      try {
        const result = work()
        connection.exec('commit')
        return result
      } catch (error) {
        // A full disk has ended the transaction already.
        if (connection.inTransaction) connection.exec('rollback')
        throw error
      } finally {
        depth -= 1
      }
    },
    version: () => z.object({ data_version: z.number() }).parse(prepare('pragma data_version').get()).data_version,
    close: () => connection.close(),
  }
}
