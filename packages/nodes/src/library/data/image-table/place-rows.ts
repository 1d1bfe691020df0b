import { realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, sep } from 'node:path'
import { stateOf } from '../../../image-files/list-files.js'
import type { ListedFile } from '../../../image-files/list-files.js'
import { textOfCell, type TableLabels } from './read-labels.js'
import type { Row } from './read-table.js'

/** A row whose file is there, with what the row says of it. */
export interface PlacedRow extends ListedFile {
  readonly label: readonly number[]
  readonly split?: 'train' | 'val' | 'test'
  readonly group?: string
}

export interface RowColumns {
  readonly fileColumn: string
  readonly splitColumn: string
  readonly groupColumn: string
}

type Skipped = { readonly file: string; readonly reason: string }

const splitNames: Readonly<Record<string, PlacedRow['split']>> = {
  train: 'train',
  val: 'val',
  valid: 'val',
  validation: 'val',
  test: 'test',
}

/** Looks for the file of every row below `home`, a path without links; each one that can't be used is named with the reason. In the order of the table. */
export async function placeRows(
  rows: readonly Row[],
  labels: TableLabels['rows'],
  home: string,
  columns: RowColumns,
): Promise<{ readonly placed: readonly PlacedRow[]; readonly skipped: readonly Skipped[] }> {
  const seen = new Set<string>()
  const placed: PlacedRow[] = []
  const skipped: Skipped[] = []
  for (const [index, row] of rows.entries()) {
    const file = textOfCell(row[columns.fileColumn]).trim().replaceAll('\\', '/')
    const result = seen.has(file)
      ? 'the table names it a second time'
      : await placeRow(file, row, labels[index], home, columns)
    seen.add(file)
    if (typeof result === 'string') skipped.push({ file: file === '' ? `row ${index + 1}` : file, reason: result })
    else placed.push(result)
  }
  return { placed, skipped }
}

async function placeRow(
  file: string,
  row: Row,
  labels: TableLabels['rows'][number] | undefined,
  home: string,
  { splitColumn, groupColumn }: RowColumns,
): Promise<PlacedRow | string> {
  if (file === '') return 'the row names no file'
  if (labels === undefined || 'problem' in labels) return labels?.problem ?? 'the row has no labels'
  const splitText = splitColumn === '' ? '' : textOfCell(row[splitColumn]).trim().toLowerCase()
  const split = Object.hasOwn(splitNames, splitText) ? splitNames[splitText] : undefined
  if (splitText !== '' && split === undefined) return `"${splitText}" is none of train, val and test`
  const path = join(home, file)
  const real = await realpath(path).catch(() => null)
  // Links may not lead out of the folder either: what lies outside was never offered.
  if (
    isAbsolute(file) ||
    !`${path}${sep}`.startsWith(`${home}${sep}`) ||
    (real !== null && !real.startsWith(`${home}${sep}`))
  )
    return 'the name leads out of the folder'
  const facts = real === null ? null : await stat(real, { bigint: true }).catch(() => null)
  if (facts === null) return 'there is no such file'
  if (!facts.isFile()) return 'it is not a file'
  const group = groupColumn === '' ? '' : textOfCell(row[groupColumn]).trim()
  return {
    id: file,
    path,
    size: Number(facts.size),
    state: stateOf(facts),
    label: labels.classes,
    ...(split !== undefined && { split }),
    ...(group !== '' && { group }),
  }
}
