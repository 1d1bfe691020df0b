import { NodeError } from '../../../sdk/node-error.js'
import type { Row, Table } from './read-table.js'

/** How a table says which classes an image has. */
export interface LabelOptions {
  readonly labels: 'auto' | 'list' | 'columns'
  readonly labelColumn: string
  readonly separator: string
  /** Columns that say something else: file, split, group. */
  readonly others: readonly string[]
}

export interface TableLabels {
  readonly classNames: readonly string[]
  /** The classes of each row, or why they can't be told. */
  readonly rows: readonly ({ readonly classes: readonly number[] } | { readonly problem: string })[]
}

const present = new Set(['1', 'true', 'yes', 'x'])
const absent = new Set(['0', 'false', 'no', ''])

/**
 * The classes of every row: from one column that lists them, or from a column per class that says 1 or 0. Listed
 * classes are sorted by character code, columns keep their order. Throws NodeError when the table has no such columns.
 */
export function readLabels(table: Table, options: LabelOptions): TableLabels {
  const listed = table.columns.includes(options.labelColumn)
  if (options.labels === 'list' && !listed)
    throw new NodeError(
      'labelColumn',
      `The table has no column "${options.labelColumn}".`,
      `Its columns are ${quoted(table.columns)}.`,
    )
  return options.labels === 'list' || (options.labels === 'auto' && listed)
    ? fromList(table.rows, options)
    : fromColumns(table, options)
}

function fromList(rows: readonly Row[], { labelColumn, separator }: LabelOptions): TableLabels {
  const names = rows.map((row) => listOf(row[labelColumn], separator))
  const classNames = [...new Set(names.flat())].toSorted()
  const places = new Map(classNames.map((name, index) => [name, index]))
  return {
    classNames,
    rows: names.map((list) => ({
      classes: [...new Set(list)].map((name) => places.get(name) ?? -1).toSorted(ascending),
    })),
  }
}

function listOf(cell: unknown, separator: string): readonly string[] {
  const items = Array.isArray(cell) ? cell.map(String) : textOfCell(cell).split(separator)
  return items.map((item) => item.trim()).filter((item) => item !== '')
}

function fromColumns({ columns, rows }: Table, { others }: LabelOptions): TableLabels {
  const classNames = columns.filter((column) => !others.includes(column))
  if (classNames.length === 0)
    throw new NodeError(
      'labels',
      `The table has no columns besides ${quoted(columns)}, so nothing says which classes an image has.`,
      'Add a column per class with 0 and 1, or one column "labels" that lists them.',
    )
  return {
    classNames,
    rows: rows.map((row) => {
      const cells = classNames.map((name) => textOfCell(row[name]).trim().toLowerCase())
      const strange = cells.findIndex((cell) => !present.has(cell) && !absent.has(cell))
      if (strange !== -1)
        return { problem: `"${cells[strange] ?? ''}" in column "${classNames[strange] ?? ''}" is neither 0 nor 1` }
      return { classes: cells.flatMap((cell, index) => (present.has(cell) ? [index] : [])) }
    }),
  }
}

/** What a cell of a CSV or JSON table says. */
export function textOfCell(cell: unknown): string {
  if (typeof cell === 'string') return cell
  return typeof cell === 'number' || typeof cell === 'boolean'
    ? String(cell)
    : cell === null || cell === undefined
      ? ''
      : JSON.stringify(cell)
}

const ascending = (a: number, b: number): number => a - b
const quoted = (names: readonly string[]): string =>
  names
    .slice(0, 12)
    .map((name) => `"${name}"`)
    .join(', ')
