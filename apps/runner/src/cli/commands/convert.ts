import { basename, resolve } from 'node:path'
import { onnxEngine } from '@graft/engines'
import { didYouMean, listNames, type Sample } from '@graft/graph-schema'
import { type FormatWriter, writers } from '@graft/network'
import { imageFiles, modelCard, readSource, writeAndCheck } from '@graft/nodes'
import { Command } from 'commander'
import { findHome } from '../../home.js'
import { writeAtomically } from '../../store/write-atomically.js'
import { formatBytes, oneLine } from '../../text/format-values.js'
import { callError } from '../cli-error.js'

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
  const signal = new AbortController().signal
  const { network, tensors } = await readSource(source, {
    resolvePath: (path) => resolve(path),
    cacheDirectory: findHome().derived,
    signal,
    onProgress: () => undefined,
    ...(flags.architecture !== undefined && { architecture: flags.architecture }),
  })
  const images = flags.images === undefined ? [] : await photosIn(flags.images)
  const { bytes, found } = await writeAndCheck({
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
    const facts = { writer, network, fileName: basename(path), architecture: null, measured: [], recipe: [] }
    const card = `${path}.md`
    await writeAtomically(card, modelCard({ ...facts, check: found.text }))
    lines.push(`wrote ${card}`)
  }
  process.stdout.write(lines.map((line) => `${oneLine(line)}\n`).join(''))
}

function writerFor(target: string, format: string | undefined): FormatWriter {
  const ids = writers.map(({ id }) => id)
  const found =
    format === undefined
      ? writers.find(({ extension }) => target.toLowerCase().endsWith(extension))
      : writers.find(({ id }) => id === format)
  if (found !== undefined) return found
  if (format !== undefined)
    throw callError(
      'format-unknown',
      `There is no format "${format}" to write.`,
      `${didYouMean(format, ids)}The formats are ${listNames(ids, 20)}.`,
    )
  const endings = [...new Set(writers.map(({ extension }) => extension))]
  throw callError(
    'format-unknown',
    `The name "${target}" doesn't say what to write.`,
    `Let it end in ${listNames(endings, 20)}, or give --format (${listNames(ids, 20)}).`,
  )
}

async function photosIn(folder: string): Promise<readonly Sample[]> {
  const photos = await imageFiles(resolve(folder))
  if (photos.length > 0) return photos
  throw callError('no-images', `There are no images in ${resolve(folder)}.`, 'Give a folder with photos to --images.')
}
