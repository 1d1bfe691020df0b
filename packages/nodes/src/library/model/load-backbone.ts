import { createHash } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { countParameters, readNetwork, type LoadedNetwork, type Network, type Preprocessing } from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { embeddedBackbones, loadEmbeddedBackbone } from '../../backbones/index.js'
import { openModelUrl } from '../../backbones/download.js'
import { defineNode, type NodeContext } from '../../sdk/define-node.js'
import { NodeError } from '../../sdk/node-error.js'
import { storeModel } from '../support/model-weights.js'
import { modelPort } from '../../sdk/ports.js'
import { atField, withField } from '../support/run-surgery.js'

const normalisations = {
  imagenet: { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] },
  'minus-one-to-one': { mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] },
  'zero-to-one': { mean: [0, 0, 0], deviation: [1, 1, 1] },
  'zero-to-255': { mean: [0, 0, 0], deviation: [1 / 255, 1 / 255, 1 / 255] },
} as const

const params = z.strictObject({
  source: z.string().min(1).default('embedded:graftnet-64').meta({
    title: 'Source',
    description:
      'Which pre-trained network: `embedded:NAME`, a file or folder (ONNX, TensorFlow.js layers model), or an http(s) address.',
    widget: 'backbone',
  }),
  sha256: z
    .string()
    .regex(/^([0-9a-f]{64})?$/, 'Expected 64 hexadecimal digits, or nothing')
    .default('')
    .meta({
      title: 'Checksum',
      description:
        'For addresses: refuse the download unless its sha256 is this. Empty: accept, and print the checksum.',
    }),
  normalisation: z.enum(['auto', 'imagenet', 'minus-one-to-one', 'zero-to-one', 'zero-to-255']).default('auto').meta({
    title: 'Normalisation',
    description:
      'How pixels are scaled before the network sees them. `auto` uses what the file says, or what is usual for it.',
  }),
  resize: z.enum(['auto', 'crop', 'stretch']).default('auto').meta({
    title: 'Resize',
    description:
      'How images get their size. `crop`: keep proportions, cut the centre out (7/8 of the shorter side). `stretch`: the whole image, distorted. `auto` uses what the file says, or what is usual for it.',
  }),
  licence: z.string().default('').meta({
    title: 'Licence',
    description: 'Licence of the weights, when the file does not say; travels with the model.',
  }),
})
type Params = z.output<typeof params>

/**
 * Goes up when the same file is read into another network (its layers, parameters or stages), so that networks cached
 * before are read anew.
 */
const readingRevision = 2

/** Finds a pre-trained network, reads it whatever its format, and puts its weights into the store. */
export const loadBackbone = defineNode({
  type: 'load-backbone',
  version: 1,
  title: 'Load Backbone',
  category: 'Model',
  doc: `Loads a pre-trained network to build on. Follow it with Strip Head and Add Head to make it tell your own classes apart.
The network keeps its stages (in a vision transformer, one per encoder block), its preprocessing (size and scaling of images) and where it came from, so that nothing needs to be configured twice.`,
  inputs: {},
  outputs: { model: modelPort('The network as pre-trained, with its original classifier if it has one.') },
  params,
  fingerprint: async (settings, { resolvePath }) =>
    `${await fingerprintSource(settings.source, resolvePath)}, read in way ${readingRevision}`,
  async run({ params: settings, context }) {
    const loaded = await readSource(settings, context)
    const network = withOverrides(loaded.network, settings)
    const model = await storeModel({ network, tensors: loaded.tensors }, context.store)
    const { total } = countParameters(network)
    const [, height, width] = network.input.shape
    context.emit({
      type: 'log',
      level: 'info',
      message: `${network.name}: ${(total / 1e6).toFixed(2)} M parameters, images of ${width}x${height}, stages ${network.stages.map((stage) => stage.name).join(', ')}.`,
    })
    return { model }
  },
})

async function readSource(settings: Params, context: NodeContext): Promise<LoadedNetwork> {
  const { source } = settings
  if (source.startsWith('embedded:')) return loadEmbeddedBackbone(findEmbedded(source.slice('embedded:'.length)))
  if (isAddress(source)) return readAddress(settings, context)
  return readFiles(source, context)
}

function findEmbedded(id: string): (typeof embeddedBackbones)[number] {
  const found = embeddedBackbones.find((backbone) => backbone.id === id)
  if (found !== undefined) return found
  throw new NodeError(
    'source',
    `There is no embedded backbone "${id}".`,
    `Use one of: ${embeddedBackbones.map((backbone) => `embedded:${backbone.id}`).join(', ')}; or give a path or an address.`,
  )
}

async function readFiles(source: string, context: NodeContext): Promise<LoadedNetwork> {
  const path = atField('source', () => context.resolvePath(source))
  await stat(path).catch(() => {
    throw new NodeError(
      'source',
      `There is nothing at ${path}.`,
      'Give the path of an ONNX file or of a TensorFlow.js model folder; relative paths start at the graph file.',
    )
  })
  const loaded = await explained(async () => readNetwork(await openModelFiles(path)))
  return { ...loaded, network: { ...loaded.network, provenance: { ...loaded.network.provenance, source: path } } }
}

async function readAddress(settings: Params, context: NodeContext): Promise<LoadedNetwork> {
  const files = openModelUrl(settings.source, {
    cacheDirectory: context.cacheDirectory,
    signal: context.signal,
    onProgress: (done, total) =>
      context.emit({ type: 'node-progress', done, total: Math.max(total, done), unit: 'bytes', etaSeconds: null }),
  })
  const loaded = await explained(() => readNetwork(files))
  const checksum = files.checksum()
  if (settings.sha256 !== '' && settings.sha256 !== checksum) {
    throw new NodeError(
      'sha256',
      `${settings.source} has checksum ${checksum}, not the expected ${settings.sha256}: the file changed, or the transfer was tampered with.`,
      'Check where the file comes from; if the new file is right, put its checksum here.',
    )
  }
  if (settings.sha256 === '')
    context.emit({
      type: 'log',
      level: 'warning',
      message: `Downloaded without a checksum. To pin this file, set sha256 to ${checksum}`,
    })
  return {
    ...loaded,
    network: { ...loaded.network, provenance: { ...loaded.network.provenance, source: settings.source } },
  }
}

/** A file that can't be read is the fault of `source`. */
async function explained(read: () => Promise<LoadedNetwork>): Promise<LoadedNetwork> {
  try {
    return await read()
  } catch (error) {
    throw withField(
      'source',
      error,
      'Use an ONNX file or a TensorFlow.js layers model made of supported operators; `graft nodes load-backbone` says more.',
    )
  }
}

function withOverrides(network: Network, { normalisation, resize, licence }: Params): Network {
  const preprocessing: Preprocessing = {
    ...network.preprocessing,
    ...(normalisation !== 'auto' && normalisations[normalisation]),
    ...(resize !== 'auto' && { resize, cropFraction: resize === 'crop' ? 0.875 : 1 }),
  }
  return {
    ...network,
    preprocessing,
    provenance: { ...network.provenance, licence: licence === '' ? network.provenance.licence : licence },
  }
}

const isAddress = (source: string): boolean => /^https?:\/\//i.test(source)

/**
 * Changes when the files do: names, sizes and times of modification. Addresses and embedded backbones never change by
 * themselves.
 */
async function fingerprintSource(source: string, resolvePath: (path: string) => string): Promise<string> {
  if (source.startsWith('embedded:') || isAddress(source)) return source
  const path = atField('source', () => resolvePath(source))
  const facts = await stat(path).catch(() => null)
  if (facts === null) return 'missing'
  const names = facts.isDirectory() ? (await readdir(path)).toSorted().map((name) => join(path, name)) : [path]
  const lines = await Promise.all(
    names.map(async (name) => stat(name).then((file) => `${name} ${file.size} ${file.mtimeMs}`)),
  )
  return createHash('sha256').update(lines.join('\n')).digest('hex')
}
