import { stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join } from 'node:path'
import { isGraftError } from '@graft/errors'
import { type BindOptions, listOfFormats, type LoadedNetwork, type ModelFiles, readNetwork } from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { NodeError } from '../../../sdk/node-error.js'
import { atField, withField } from '../../support/run-surgery.js'
import { likeName } from '../../../catalogue/index.js'
import { embeddedBackbones, loadEmbeddedBackbone } from '../../../backbones/index.js'
import type { DownloadOptions } from '../../../downloads/index.js'
import type { ResolvedModel } from '../../../hubs/index.js'
import { describeNamed } from './describe-named.js'
import { embeddedPrefix, locateSource } from './model-source.js'
import { fetchAddress, fetchNamed } from './open-remote.js'

/** Resolves a path of a graph and confines it to the data roots. */
type ResolvePath = (path: string) => string

export interface ReadSourceOptions extends DownloadOptions {
  readonly resolvePath: ResolvePath
  /** Architecture that bare weights belong to; found by their names when left out. */
  readonly architecture?: string
  /** Height and width of the image, where they are set. */
  readonly inputSize?: number
  /** Checksum that a download must have; empty or left out: any. */
  readonly sha256?: string
  /** Hears what is downloaded, how large it is, and from where. */
  say?(message: string): void
}

/** A network that was read from a source; of an address with the checksum of what was downloaded. */
export type ReadSource = LoadedNetwork & { readonly checksum: string | null }

/** Reads the network that a source names. Throws NodeError for field `source`, with advice that fits. */
export async function readSource(source: string, options: ReadSourceOptions): Promise<ReadSource> {
  const where = await locateSource(source, (path) => isThere(path, options.resolvePath))
  if (where.kind === 'embedded') return { ...(await loadEmbeddedBackbone(findEmbedded(where.id))), checksum: null }
  if (where.kind === 'path') {
    const files = await openModelPath(where.path, options.resolvePath)
    return { ...(await read(files, files.label, options)), checksum: null }
  }
  if (where.kind === 'name') {
    const { files, sha256, resolved } = await fetchNamed(where, options.sha256 ?? '', options, options.say)
    const { architecture, preprocessing } = resolved.network ?? {}
    const loaded = await readNamed(resolved, files, source, {
      ...options,
      ...(architecture !== undefined && options.architecture === undefined ? { architecture } : {}),
      ...(preprocessing && options.inputSize === undefined && { inputSize: preprocessing.height }),
    })
    return { ...describeNamed(loaded, resolved), checksum: sha256 }
  }
  const { files, sha256 } = await fetchAddress(where.address, options.sha256 ?? '', options)
  return { ...(await read(files, source, options)), checksum: sha256 }
}

/** Where the file can't be read, the other files of the same place are offered: an ONNX file brings its own layers. */
async function readNamed({ others = [] }: ResolvedModel, ...reading: Parameters<typeof read>): Promise<LoadedNetwork> {
  try {
    return await read(...reading)
  } catch (error) {
    const [likeliest] = others.toSorted((left, right) => Number(isOnnx(right)) - Number(isOnnx(left)))
    if (likeliest === undefined || !isGraftError(error)) throw error
    const { message, fix, field } = error
    throw new NodeError(field ?? null, message, `${fix} Or try another file of the repository: ${likeliest}.`)
  }
}

const isOnnx = (name: string): boolean => name.endsWith('.onnx')

function findEmbedded(id: string): (typeof embeddedBackbones)[number] {
  const found = embeddedBackbones.find((backbone) => backbone.id === id)
  if (found !== undefined) return found
  throw new NodeError(
    'source',
    `There is no embedded backbone "${id}".`,
    `Use one of: ${embeddedBackbones.map((backbone) => `${embeddedPrefix}${backbone.id}`).join(', ')}; or give a path or an address.`,
  )
}

/**
 * Opens the file or folder of a graph's path. A file keeps its name and the folder it lies in where it is a link, since
 * files beside it (shards, external data) are looked for there; what the link leads to was checked.
 */
export async function openModelPath(source: string, resolvePath: ResolvePath): Promise<ModelFiles> {
  const real = atField('source', () => resolvePath(source))
  const facts = await stat(real).catch(() => null)
  if (facts === null)
    throw new NodeError(
      'source',
      `There is nothing at ${real}.`,
      `${likeName(source)}Give the path of a file or folder: ${listOfFormats()}.${isAbsolute(source) ? '' : ' Relative paths start at the graph file, and on the command line in the folder that you are in.'}`,
    )
  const path = facts.isDirectory() ? real : join(resolvePath(dirname(source)), basename(source))
  return openModelFiles(path, { checkPath: resolvePath })
}

/** Whether there is a file or folder of this path, and it may be read. */
export async function isThere(path: string, resolvePath: ResolvePath): Promise<boolean> {
  try {
    await stat(resolvePath(path))
    return true
  } catch {
    return false
  }
}

async function read(
  files: ModelFiles,
  source: string,
  { architecture, inputSize }: Pick<BindOptions, 'architecture' | 'inputSize'>,
): Promise<LoadedNetwork> {
  try {
    const { network, tensors } = await readNetwork(files, {
      ...(architecture !== undefined && { architecture }),
      ...(inputSize !== undefined && { inputSize }),
    })
    return { network: { ...network, provenance: { ...network.provenance, source } }, tensors }
  } catch (error) {
    throw withField('source', error, 'Use another file of the model, or export it again.')
  }
}
