import { readFile, stat } from 'node:fs/promises'
import { textOf } from '@graft/errors'
import { parse } from 'csv-parse/sync'
import { z } from 'zod'
import { NodeError } from '../../../sdk/node-error.js'

/** A row by the names of its columns. */
export type Row = Readonly<Record<string, unknown>>

export interface Table {
  /** In the order in which the table has them. */
  readonly columns: readonly string[]
  readonly rows: readonly Row[]
}

/** A table of a million files has fewer bytes. */
const largestTable = 256 * 2 ** 20

/**
 * Reads a table of samples: CSV whose first line names the columns (separated by commas, semicolons or tabs), or JSON, a
 * list of objects. Throws NodeError for field `path`.
 */
export async function readTable(path: string, resolved: string): Promise<Table> {
  const fault = (what: string, fix: string): NodeError => new NodeError('path', `The table "${path}" ${what}.`, fix)
  const facts = await stat(resolved).catch(() => null)
  if (facts === null)
    throw fault('is not there', 'Give the path of a CSV or JSON file; it is relative to the graph file.')
  if (!facts.isFile()) throw fault('is a folder', 'Give the file that lists the images.')
  if (facts.size > largestTable)
    throw fault(`is too large (${Math.round(facts.size / 2 ** 20)} MB)`, 'Split it into several.')
  const text = await readFile(resolved, 'utf8').catch((error: unknown) => {
    throw fault(`can't be read: ${textOf(error)}`, 'Check its permissions.')
  })
  try {
    const rows = /^\s*\[/.test(text) ? rowsOfJson(text) : rowsOfCsv(text)
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
    if (rows.length > 0) return { columns, rows }
  } catch (error) {
    throw fault(
      `is neither CSV nor JSON: ${textOf(error)}`,
      'The first line of a CSV file names the columns; JSON is a list of objects.',
    )
  }
  throw fault('has no rows', 'List one image per row.')
}

const jsonTable = z.array(z.record(z.string(), z.unknown()))

function rowsOfJson(text: string): readonly Row[] {
  return jsonTable.parse(JSON.parse(text))
}

function rowsOfCsv(text: string): readonly Row[] {
  const [header = ''] = text.split(/\r?\n/, 1)
  const delimiter = ['\t', ';', ','].find((candidate) => header.includes(candidate)) ?? ','
  return jsonTable.parse(
    parse(text, {
      bom: true,
      columns: true,
      delimiter,
      trim: true,
      skip_empty_lines: true,
      relax_column_count_less: true,
    }),
  )
}
