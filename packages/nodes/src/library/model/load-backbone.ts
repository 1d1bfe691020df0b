import {
  adaptChannels,
  architectures,
  countParameters,
  explainPreprocessing,
  formats,
  type LoadedNetwork,
  type Network,
  originOf,
} from '@graft/network'
import { z } from 'zod'
import { settlePreprocessing } from './load-backbone/measure/settle-preprocessing.js'
import { orOutline } from './load-backbone/or-outline.js'
import { preprocessingParams } from './load-backbone/preprocessing-params.js'
import { filesOfSources } from './load-backbone/files-of-sources.js'
import { downloadsOf, fingerprintOf, readOrFallback } from './load-backbone/read-or-fallback.js'
import { setPreprocessing } from './load-backbone/set-preprocessing.js'
import { defineNode } from '../../sdk/define-node.js'
import type { NodeContext } from '../../sdk/node-context.js'
import { hubs } from '../../hubs/index.js'
import { modelPort } from '../../sdk/ports.js'
import type { ModelValue } from '../../sdk/values.js'
import { atField } from '../support/run-surgery.js'
import { storeModel } from '../support/model-weights.js'

const params = z.strictObject({
  source: z
    .string()
    .min(1)
    .default('embedded:graftnet-64')
    .meta({
      title: 'Source',
      description: `Which pre-trained network: a name (${hubs.map(({ prefix, example }) => `\`${prefix}:${example}\``).join(', ')}, \`embedded:graftnet-64\`), a file or folder (${formats.map(({ title }) => title).join(', ')}), or an http(s) address.`,
      widget: 'backbone',
    }),
  fallback: z.string().default('').meta({
    title: 'Without a connection',
    description:
      'What to use instead when `source` has to be downloaded and there is no connection: another source, such as `embedded:graftnet-64`, with a warning. Empty: the run fails.',
  }),
  sha256: z
    .string()
    .regex(/^([0-9a-f]{8,64})?$/, 'Expected 8 to 64 hexadecimal digits, or nothing')
    .default('')
    .meta({
      title: 'Checksum',
      description:
        'Pins what a name or an address stands for: the run fails unless the sha256 of the download is this, or begins with it. Of several files it is that of the list of their checksums (docs/models.md). Empty: any.',
      widget: 'checksum',
    }),
  ...preprocessingParams,
  channels: z
    .enum(['auto', 'grey', 'rgb'])
    .default('auto')
    .meta({
      title: 'Channels',
      choiceTitles: { auto: 'As the file says', grey: 'Grey', rgb: 'Colour' },
      description:
        'Which images the first layer reads, as timm adapts it with `in_chans`. `grey`: the kernels of a network for colour images are summed; pictures are turned grey. `rgb`: those of a network for grey images are repeated, so that it can learn from colours. `auto`: as the file says; a network for grey images then gets pictures turned grey.',
      advanced: true,
    }),
  architecture: z
    .enum(['auto', ...architectures.map(({ id }) => id)])
    .default('auto')
    .meta({
      title: 'Architecture',
      choiceTitles: Object.fromEntries(architectures.map(({ id, family, title }) => [id, `${family}: ${title}`])),
      description:
        'For files that hold weights only: which network they belong to. `auto` goes by what the file says and by the names in it. Other files have their own.',
    }),
  licence: z.string().default('').meta({
    title: 'Licence',
    description: 'Licence of the weights, when the file does not say; travels with the model.',
  }),
})
type Params = z.output<typeof params>

/**
 * Goes up when the same file is read into another network (its layers, parameters or stages), so that networks cached
 * before are read again.
 */
const readingRevision = 8

/** Finds a pre-trained network, reads it whatever its format, and puts its weights into the store. */
export const loadBackbone = defineNode({
  type: 'load-backbone',
  version: 1,
  title: 'Load Backbone',
  category: 'Model',
  keywords: [
    'pretrained',
    'pre-trained',
    'network',
    'resnet',
    'mobilenet',
    'efficientnet',
    'onnx',
    'import model',
    'feature extractor',
    'normalise',
    'normalize',
  ],
  doc: `Loads a pre-trained network to build on. Follow it with Strip Head and Add Head to make it tell your own classes apart.
The network keeps its stages (in a vision transformer, one per encoder block), its preprocessing (size and scaling of images) and where it came from, so that nothing needs to be configured twice.`,
  inputs: {},
  outputs: { model: modelPort('The network as pre-trained, with its original classifier if it has one.') },
  params,
  reads: ({ source, fallback }, context) => filesOfSources([source, fallback], (path) => context.resolvePath(path)),
  fingerprint: async (settings, context) => {
    const read = await orOutline(
      () => fingerprintOf(settings, context),
      settings,
      context,
      () => `outline of ${settings.source}`,
    )
    return `${read}, read in way ${readingRevision}`
  },
  run: async ({ params: settings, context }) => ({
    model: await orOutline(
      () => loadWhole(settings, context),
      settings,
      context,
      (network): ModelValue => ({ kind: 'model', network }),
    ),
  }),
})

/** Reads the network, whatever its format, and stores its weights. */
async function loadWhole(settings: Params, context: NodeContext): Promise<ModelValue> {
  const {
    network: read,
    tensors,
    checksum,
    instead,
  } = await readOrFallback(settings, {
    resolvePath: (path) => context.resolvePath(path),
    cacheDirectory: context.cacheDirectory,
    signal: context.signal,
    ...downloadsOf(context),
  })
  if (instead !== null) context.emit({ type: 'log', level: 'warning', message: instead })
  else if (checksum !== null && settings.sha256 === '') adviseChecksum(settings, checksum, context)
  const { channels } = settings
  const adapted =
    channels === 'auto'
      ? { network: read, tensors }
      : atField('channels', () => adaptChannels({ network: read, tensors }, channels))
  const network = await prepared(adapted, settings)
  const model = await storeModel({ network, tensors: adapted.tensors }, context.store)
  const { total } = countParameters(network)
  const [, height, width] = network.input.shape
  context.emit({
    type: 'log',
    level: 'info',
    message: `${network.name}: ${(total / 1e6).toFixed(2)} M parameters, images of ${width}x${height}, stages ${network.stages.map((stage) => stage.name).join(', ')}.`,
  })
  context.emit({
    type: 'log',
    level: originOf(network).certain ? 'info' : 'warning',
    message: explainPreprocessing(network),
  })
  return model
}

/** A name's files are checked by what its hub says of them, where it says something; an address has nothing but this. */
function adviseChecksum({ source }: Params, checksum: string, context: NodeContext): void {
  context.emit({
    type: 'log',
    level: /^https?:/i.test(source) ? 'warning' : 'info',
    message: `Nothing is pinned: what ${source} stands for may change. Its checksum is ${checksum}; \`graft run --pin\`, or the form's button, writes it into the graph.`,
  })
}

/** The network with its preprocessing settled: as set, else as known or found out. */
async function prepared(read: LoadedNetwork, { licence, ...settings }: Params): Promise<Network> {
  const known = settings.normalisation === 'auto' ? await settlePreprocessing(read) : read.network
  const network = setPreprocessing(known, settings)
  return licence === '' ? network : { ...network, provenance: { ...network.provenance, licence } }
}
