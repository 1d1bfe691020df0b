import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { onnxEngine } from '@graft/engines'
import { didYouMean, listNames, type Sample } from '@graft/graph-schema'
import { formats, type FormatWriter, isNamedLike, writers } from '@graft/network'
import { imageFiles, modelCard, readSource, writeAndCheck } from '@graft/nodes'
import { Command } from 'commander'
import { findHome } from '../../../home.js'
import { writeAtomically } from '../../../store/write-atomically.js'
import { formatBytes, oneLine } from '../../../text/format-values.js'
import { callError } from '../../cli-error.js'

interface ConvertFlags {
  readonly format?: string
  readonly architecture?: string
  readonly images?: string
  readonly card?: boolean
}

/** `graft convert`: reads a network and writes it in another format, without a graph. */
export function convertCommand(): Command {
  return new Command('convert')
    .description('Write a network in another format, and run what was written')
    .argument('<in>', 'file or folder of a model, http(s) address, or a name such as embedded:graftnet-64')
    .argument('<out>', 'file to write')
    .option(
      '--format <name>',
      `what to write: ${writers.map(({ id }) => id).join(', ')}; default: the first with the ending of <out>`,
    )
    .option('--images <folder>', 'photos to measure 8 bits on and to compare answers on')
    .option('--architecture <name>', 'which network bare weights belong to; found by their names when left out')
    .option('--card', 'write a model card in Markdown beside it')
    .action((source: string, target: string, flags: ConvertFlags) => convert(source, target, flags))
}

async function convert(source: string, target: string, flags: ConvertFlags): Promise<void> {
  const writer = writerFor(target, flags.format)
  await checkTarget(source, target)
  const signal = new AbortController().signal
  const { network, tensors } = await readSource(source, {
    resolvePath: (path) => resolve(path),
    cacheDirectory: findHome().derived,
    signal,
    onProgress: () => undefined,
    ...(flags.architecture !== undefined && { architecture: flags.architecture }),
  })
  const images = flags.images === undefined ? [] : await photosIn(flags.images)
  const { bytes, found, architecture } = await writeAndCheck({
    writer,
    network,
    tensors,
    training: images,
    comparing: images,
    metadata: {},
    engine: onnxEngine,
    signal,
  })
  const path = resolve(target)
  await writeAtomically(path, bytes)
  const lines = [`wrote ${path} (${writer.title}, ${formatBytes(bytes.length)})`, found.text]
  if (flags.card === true) {
    const facts = { writer, network, fileName: basename(path), architecture, measured: [], recipe: [] }
    const card = `${path}.md`
    await writeAtomically(card, modelCard({ ...facts, check: found.text }))
    lines.push(`wrote ${card}`)
  }
  process.stdout.write(lines.map((line) => `${oneLine(line)}\n`).join(''))
}

function writerFor(target: string, format: string | undefined): FormatWriter {
  const ids = writers.map(({ id }) => id)
  if (format === undefined) return writerByEnding(target)
  const found = writers.find(({ id }) => id === format)
  if (found === undefined)
    throw callError(
      'format-unknown',
      `There is no format "${format}" to write.`,
      `${didYouMean(format, ids)}The formats are ${listNames(ids, 20)}.`,
    )
  const other = writers.find(({ extension }) => target.toLowerCase().endsWith(extension))
  if (other === undefined || other.extension === found.extension) return found
  throw callError(
    'format-unknown',
    `"${target}" is named like a file of the format ${other.title}, but --format says ${found.title}.`,
    `Let its name end in ${found.extension}, or leave --format out.`,
  )
}

/** The first writer with this ending; else the usual one of the format whose files may be called so (`.pt`, `.bin`). */
function writerByEnding(target: string): FormatWriter {
  const named = writers.find(({ extension }) => target.toLowerCase().endsWith(extension))
  if (named !== undefined) return named
  const format = formats.find((one) => one.nameTells && isNamedLike(one, target))
  const [writer] = format?.writers ?? []
  if (writer !== undefined) return writer
  const endings = [...new Set(writers.map(({ extension }) => extension))]
  const ids = writers.map(({ id }) => id)
  throw callError(
    'format-unknown',
    format === undefined
      ? `The name "${target}" doesn't say what to write.`
      : `"${target}" is named like a file of the format ${format.title}, which Graft reads but doesn't write.`,
    `${insteadOf(target)}Let it end in ${endings.slice(0, -1).join(', ')} or ${endings.at(-1) ?? ''}, or give --format (${listNames(ids, 20)}).`,
  )
}

/** What to do about endings that people ask for and nothing is written with. */
const instead: readonly (readonly [ending: RegExp, advice: string])[] = [
  [/\.h5$/i, 'Write NAME.keras, which Keras 3 loads and saves again as .h5. '],
  [/\.(json|js)$/i, 'A TensorFlow.js model of several files is written as NAME.zip. '],
  [/\.tflite$/i, 'Write NAME.keras, and convert it in Python with tf.lite.TFLiteConverter.from_keras_model. '],
  [/\.pb$/i, 'Write NAME.keras, and save it in Python with model.export("FOLDER"). '],
]

const insteadOf = (target: string): string => instead.find(([ending]) => ending.test(target))?.[1] ?? ''

/** Before anything is read. Throws CliError where what is written would replace what is read, or has no folder. */
async function checkTarget(source: string, target: string): Promise<void> {
  const [from, to] = await Promise.all([source, target].map((path) => realpath(resolve(path)).catch(() => null)))
  if (to !== null && from === to)
    throw callError(
      'same-file',
      `"${target}" is the file that would be read; it would be replaced.`,
      'Give the new file another name.',
    )
  const folder = dirname(resolve(target))
  if ((await stat(folder).catch(() => null))?.isDirectory() === true) return
  throw callError('no-folder', `There is no folder ${folder} to write to.`, 'Make it first, or give another path.')
}

async function photosIn(folder: string): Promise<readonly Sample[]> {
  if ((await stat(resolve(folder)).catch(() => null)) === null)
    throw callError('no-images', `There is no folder ${resolve(folder)}.`, 'Give a folder with photos to --images.')
  const photos = await imageFiles(resolve(folder))
  if (photos.length > 0) return photos
  throw callError('no-images', `There are no images in ${resolve(folder)}.`, 'Give a folder with photos to --images.')
}
