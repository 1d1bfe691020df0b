import { createHash } from 'node:crypto'
import { realpath } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { multiLabel } from '@graft/engines'
import type { Sample } from '@graft/graph-schema'
import { z } from 'zod'
import { defineNode } from '../../sdk/define-node.js'
import type { NodeContext } from '../../sdk/node-context.js'
import { choiceField, pathField } from '../../sdk/fields.js'
import { NodeError } from '../../sdk/node-error.js'
import { datasetPort } from '../../sdk/ports.js'
import { progressOf } from '../../sdk/progress.js'
import { atField } from '../../library/support/run-surgery.js'
import { countPerClass, withSamples } from '../../sdk/samples.js'
import { emitContactSheet } from './emit-preview.js'
import { groupBy } from './group-by.js'
import { checkFiles, checkVersion, type CheckedFile } from './image-folder/check-files.js'
import { requireFolder } from './image-folder/require-folder.js'
import { openScanCache } from './image-folder/scan-cache.js'
import { placeRows, type PlacedRow } from './image-table/place-rows.js'
import { readLabels } from './image-table/read-labels.js'
import { readTable, type Table } from './image-table/read-table.js'
import {
  checkValuesParams,
  historyOf,
  keyOfValues,
  tellValues,
  valuesFields,
  valuesRule,
  withValues,
} from './values-params.js'

const column = (initial: string, title: string, description: string) =>
  z
    .string()
    .max(200)
    .default(initial)
    .meta({ title, description, advanced: initial === '' })

const params = z.strictObject({
  path: pathField({
    title: 'Table',
    description: 'CSV file (its first line names the columns) or JSON file (a list of objects), one image per row.',
    placeholder: 'photos/labels.csv',
  }),
  folder: z.string().max(4096).default('').meta({
    title: 'Folder',
    description: 'Where the file names in the table start from. Empty: the folder of the table.',
    widget: 'path',
  }),
  fileColumn: column('file', 'File column', 'Column with the file names.'),
  labels: choiceField(['auto', 'list', 'columns'], 'auto', {
    title: 'Labels',
    description:
      '`list`: one column lists the classes of an image. `columns`: one column per class, with 0 and 1. `auto` looks for the label column.',
  }),
  labelColumn: column('labels', 'Label column', 'Column that lists the classes of an image, if there is one.'),
  separator: z.string().min(1).max(10).default('|').meta({
    title: 'Separator',
    description: 'What stands between the classes in the label column.',
  }),
  splitColumn: column('', 'Split column', 'Column that says train, val or test. Empty: there is none.'),
  groupColumn: column('', 'Group column', 'Images with the same text in it stay together when split. Empty: none.'),
  ...valuesFields,
})
type Params = z.output<typeof params>

export const imageTable = defineNode({
  type: 'image-table',
  version: 1,
  title: 'Image Table',
  category: 'Data',
  keywords: ['dataset', 'csv', 'labels', 'multi-label', 'photos'],
  doc: `Reads images that may show several things at once: a table says which classes each one has. Put Split after it.
The classes stand in one column ("ant|rose") or in a column per class with 0 and 1; an image may have none. Rows that can't be used (no such file, unknown values, named twice) are skipped, counted and named. Add Head, Train and Evaluate take from these images that several classes may be right at once. Where every image has exactly one class, sort them into folders and use Image Folder.`,
  inputs: {},
  outputs: {
    images: datasetPort('All usable images of the table.', { splits: ['all'] }),
  },
  params,
  validate: (settings) => checkValuesParams('image-table', settings),
  async fingerprint(settings, context) {
    const table = await openTable(settings, context).catch(() => null)
    if (table === null) return 'missing'
    const { placed, skipped } = await placedRows(table, settings, context)
    const facts = placed.map(({ id, size, state, label, split, group }) => [id, size, state, label, split, group])
    return createHash('sha256')
      .update(JSON.stringify([await checkVersion(), facts, skipped]))
      .digest('hex')
  },
  async reads(settings, context) {
    const { placed, root } = await placedRows(await openTable(settings, context), settings, context)
    return [context.resolvePath(settings.path), root, ...placed.map(({ path }) => path)]
  },
  async run({ params: settings, context }) {
    const table = await openTable(settings, context)
    const { placed, skipped: unplaced, classNames, root } = await placedRows(table, settings, context)
    const checked = await check(placed, root, settings, context)
    const skipped = [
      ...unplaced,
      ...checked.flatMap(({ file, check: found }) => (found.ok ? [] : [{ file: file.id, reason: found.reason }])),
    ]
    const samples = checked.filter(({ check: found }) => found.ok).map(sampleOf)
    if (samples.length === 0)
      throw new NodeError(
        'path',
        `None of the ${table.rows.length} rows can be used; the first, ${skipped[0]?.file ?? ''}: ${skipped[0]?.reason ?? ''}.`,
        'Check the folder that the file names start from, and the columns.',
      )
    tell(samples, classNames, skipped, context)
    await emitContactSheet(samples, classNames, context, multiLabel)
    const name = basename(settings.path)
    const facts = {
      kind: 'dataset',
      task: multiLabel.id,
      split: 'all',
      name,
      root,
      classNames,
      transforms: [],
      skipped,
    } as const
    const provenance = [`Image Table: ${name}, ${samples.length} images that may have several classes`]
    const values = tellValues(valuesRule(settings), samples, context)
    return {
      images: await withSamples(
        { ...facts, ...values, provenance: [...provenance, ...historyOf(values)] },
        samples,
        context.store,
      ),
    }
  },
})

async function openTable({ path, fileColumn }: Params, context: Pick<NodeContext, 'resolvePath'>): Promise<Table> {
  const table = await readTable(
    path,
    atField('path', () => context.resolvePath(path)),
  )
  if (table.columns.includes(fileColumn)) return table
  throw new NodeError(
    'fileColumn',
    `The table has no column "${fileColumn}".`,
    `Its columns are ${table.columns
      .slice(0, 12)
      .map((name) => `"${name}"`)
      .join(', ')}.`,
  )
}

async function placedRows(table: Table, settings: Params, context: Pick<NodeContext, 'resolvePath'>) {
  const { path, folder, fileColumn, splitColumn, groupColumn } = settings
  const root = atField('folder', () => context.resolvePath(folder === '' ? dirname(path) : folder))
  await requireFolder(folder === '' ? dirname(path) : folder, root)
  const labels = readLabels(table, { ...settings, others: [fileColumn, splitColumn, groupColumn] })
  const home = await realpath(root)
  return { ...(await placeRows(table.rows, labels.rows, home, settings)), classNames: labels.classNames, root: home }
}

async function check(
  placed: readonly PlacedRow[],
  root: string,
  settings: Params,
  context: NodeContext,
): Promise<readonly CheckedFile<PlacedRow>[]> {
  const values = valuesRule(settings)
  const cache = await openScanCache(context, root, `table ${await checkVersion()}${keyOfValues(values)}`)
  const checked = await checkFiles(placed, {
    gifs: 'skip',
    values,
    cache,
    signal: context.signal,
    onProgress: progressOf(context, 'images'),
  })
  await cache.save(true)
  return checked
}

const sampleOf = ({ file, fingerprint, check: found }: CheckedFile<PlacedRow>): Sample => ({
  id: file.id,
  path: file.path,
  label: file.label,
  ...withValues({ fingerprint, check: found }),
  ...(file.split !== undefined && { split: file.split }),
  ...(file.group !== undefined && { group: file.group }),
})

function tell(
  samples: readonly Sample[],
  classNames: readonly string[],
  skipped: readonly { readonly file: string; readonly reason: string }[],
  { emit }: NodeContext,
): void {
  const counts = countPerClass(samples, classNames.length)
  const shown = classNames.slice(0, 12).map((name, index) => `${name} ${counts[index] ?? 0}`)
  const message = `${samples.length} images of ${classNames.length} classes (${shown.join(', ')}${classNames.length > 12 ? ', ...' : ''}); ${skipped.length === 0 ? 'no row' : `${skipped.length} rows`} skipped.`
  emit({ type: 'log', level: 'info', message })
  for (const [reason, files] of groupBy(skipped, ({ reason: why }) => why))
    emit({
      type: 'log',
      level: 'warning',
      message: `Skipped ${files.length}: ${reason}: ${files
        .slice(0, 12)
        .map(({ file }) => file)
        .join(', ')}${files.length > 12 ? ` and ${files.length - 12} more` : ''}.`,
    })
}
