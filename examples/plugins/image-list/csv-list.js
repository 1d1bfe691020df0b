import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join, normalize } from 'node:path'
import { datasetPort, defineNode, NodeError, pathField, progressOf, withSamples, z } from '@graft/nodes/sdk'
import { parseCsv } from './parse-csv.js'
import { imageFormat } from './image-format.js'

const column = (title, initial, description) => z.string().max(200).default(initial).meta({ title, description })
const splits = ['train', 'val', 'test']

export const csvList = defineNode({
  type: 'csv-list',
  version: 2,
  title: 'CSV List',
  category: 'Data',
  doc: `Reads which images there are, and what they show, from a CSV file.
The first line names the columns. Use it where images are not sorted into one folder per class; where they are, use Image Folder. Connect Split after it, unless a column of the list says which image belongs to which part.`,
  inputs: {},
  outputs: { images: datasetPort('All images of the list that can be used.', { splits: ['all'] }) },
  params: z.strictObject({
    list: pathField({ title: 'List', description: 'The CSV file; separated by commas, semicolons or tabs.' }),
    folder: pathField({ title: 'Folder', description: 'The folder that the file names in the list start from.' }),
    fileColumn: column('File column', 'file', 'Column with the file names.'),
    labelColumn: column('Label column', 'label', 'Column with the class names.'),
    splitColumn: column('Split column', '', 'Column that says train, val or test. Empty: there is none.'),
    groupColumn: column(
      'Group column',
      '',
      'Column that says which images belong together (the same person, plant or day), so that Split keeps them together. Empty: there is none.',
    ),
  }),
  migrations: [{ to: 2, name: 'rename root to folder', up: ({ root, ...rest }) => ({ ...rest, folder: root }) }],

  /** Changes when the list does, or when an image that it names was written again. */
  async fingerprint({ list, folder, fileColumn }, { resolvePath }) {
    const bytes = await readList(list, resolvePath)
    const hash = createHash('sha256').update(bytes)
    for (const { file } of rowsOf(bytes, { fileColumn })) {
      const found = await stat(join(resolvePath(folder), file)).catch(() => null)
      hash.update(`${file}\0${found === null ? 'missing' : `${found.size} ${found.mtimeMs}`}\0`)
    }
    return hash.digest('hex')
  },

  async run({ params, context }) {
    const rows = rowsOf(await readList(params.list, context.resolvePath), params)
    const classNames = [...new Set(rows.map(({ label }) => label))].sort()
    const root = context.resolvePath(params.folder)
    const tell = progressOf(context, 'images')
    const samples = []
    const skipped = []
    for (const [index, row] of rows.entries()) {
      context.signal.throwIfAborted()
      const problem = problemOf(row)
      const bytes = problem === null ? await readFile(join(root, row.file)).catch((error) => error) : null
      if (problem !== null) skipped.push({ file: row.file, reason: problem })
      else if (bytes instanceof Error)
        skipped.push({ file: row.file, reason: bytes.code === 'ENOENT' ? 'there is no such file' : bytes.message })
      else if (imageFormat(bytes) === null)
        skipped.push({
          file: row.file,
          reason: bytes.byteLength === 0 ? 'the file is empty' : 'it is not an image in a format that Graft reads',
        })
      else samples.push(sampleOf(row, join(root, row.file), classNames, bytes))
      tell(index + 1, rows.length)
    }
    if (samples.length === 0)
      throw new NodeError(
        'list',
        `None of the ${rows.length} images of the list can be used; the first, ${skipped[0]?.file ?? ''}: ${skipped[0]?.reason ?? ''}.`,
        'Check the folder that the file names start from.',
      )
    if (skipped.length > 0)
      context.emit({
        type: 'log',
        level: 'warning',
        message: `${skipped.length} of ${rows.length} images of the list were left out; the first, ${skipped[0].file}: ${skipped[0].reason}.`,
      })
    const dataset = {
      kind: 'dataset',
      split: 'all',
      name: params.list.split('/').at(-1),
      classNames,
      transforms: [],
      skipped,
      provenance: [`listed in ${params.list}`],
    }
    return { images: await withSamples(dataset, samples, context.store) }
  },
})

async function readList(list, resolvePath) {
  return readFile(resolvePath(list)).catch((error) => {
    if (error.code === 'ERR_ACCESS_DENIED') throw error
    throw new NodeError(
      'list',
      `The list ${list} can't be read: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}.`,
      'Check the path; it starts at the folder of the graph.',
    )
  })
}

/** The rows of the list, by what their columns mean. Throws NodeError when a column is missing. */
function rowsOf(bytes, { fileColumn, labelColumn = '', splitColumn = '', groupColumn = '' }) {
  const [header = [], ...lines] = parseCsv(new TextDecoder().decode(bytes))
  const place = (field, name) => {
    if (name === '') return -1
    const index = header.indexOf(name)
    if (index < 0)
      throw new NodeError(
        field,
        `The list has no column "${name}".`,
        `Its columns are ${header.map((title) => `"${title}"`).join(', ')}.`,
      )
    return index
  }
  const [file, label, split, group] = [
    place('fileColumn', fileColumn),
    place('labelColumn', labelColumn),
    place('splitColumn', splitColumn),
    place('groupColumn', groupColumn),
  ]
  const seen = new Set()
  return lines.map((cells) => {
    const name = (cells[file] ?? '').trim()
    const repeated = seen.has(name)
    seen.add(name)
    return {
      file: name,
      repeated,
      label: (cells[label] ?? '').trim(),
      split: (cells[split] ?? '').trim(),
      group: (cells[group] ?? '').trim(),
    }
  })
}

/** Why a row can't be used, or null. */
function problemOf({ file, repeated, label, split }) {
  if (file === '') return 'the row names no file'
  if (normalize(file).startsWith('..') || file.startsWith('/')) return 'the name leads out of the folder'
  if (repeated) return 'the list names it a second time'
  if (label === '') return 'the row has no label'
  return split === '' || splits.includes(split) ? null : `"${split}" is none of ${splits.join(', ')}`
}

function sampleOf({ file, label, split, group }, path, classNames, bytes) {
  const fingerprint = createHash('sha256').update(bytes).digest('hex')
  return {
    id: file,
    path,
    label: classNames.indexOf(label),
    ...(split === '' ? {} : { split }),
    ...(group === '' ? {} : { group }),
    fingerprint,
  }
}
