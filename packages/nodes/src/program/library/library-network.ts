import { isGraftError } from '@graft/errors'
import { exactModelOf, type ExactParameter, type Network, type Tensors } from '@graft/network'
import { NodeError } from '../../sdk/node-error.js'
import type { Described, Layout } from '../network/torch-network.js'
import { reshaped, transposed } from '../network/torch-network.js'
import { type LibraryModels, libraryModels, type LibrarySizes } from './library-models.js'
import { type LibraryStage, stagesOf } from './library-stages.js'

/** A network that a library's constructor makes. */
export interface LibraryNetwork extends Described {
  readonly models: LibraryModels
  /** As the library calls it. */
  readonly name: string
  readonly sizes: LibrarySizes
  /** The network's stages, in the model's parts; null where its parts don't fall into them. */
  readonly parts: readonly LibraryStage[] | null
}

/** Throws NodeError, saying why, where no constructor of torchvision or timm makes exactly this network. */
export function libraryNetwork(network: Network, tensors: Tensors): LibraryNetwork {
  const exact = exactly(network, tensors)
  const { library, name, family, parameters } = exact
  const models = libraryModels.find((one) => one.library === library && one.family === family)
  if (models === undefined) throw refused(`A program can't call the constructor of ${library}'s ${name} yet.`)
  const dropout = dropoutOf(network)
  if (dropout > 0 && !models.dropsOut)
    throw refused(`The head of ${network.name} has dropout, and that of ${library}'s ${name} has none.`)
  const names = new Map([...parameters].map(([key, one]) => [key, one.name]))
  return {
    network,
    names,
    layouts: new Map([...parameters].flatMap((entry) => layoutOf(entry, network))),
    models,
    name,
    sizes: { classes: network.head?.names.length ?? 0, dropout, side: network.input.shape[1] ?? 0 },
    parts: stagesOf(network, names, models.parts),
  }
}

function exactly(network: Network, tensors: Tensors): ReturnType<typeof exactModelOf> {
  try {
    return exactModelOf(network, tensors)
  } catch (error) {
    if (!isGraftError(error) || error.code === 'internal') throw error
    throw refused(error.message)
  }
}

const refused = (why: string): NodeError =>
  new NodeError('model', why, 'Leave --library out: the network is then written layer by layer.')

/** What is dropped before the last layer. */
function dropoutOf({ layers, stages }: Network): number {
  const head = new Set(stages.find(({ name }) => name === 'head')?.layers ?? [])
  const drops = layers.filter(({ name, operator }) => head.has(name) && operator === 'Dropout')
  return Math.max(0, ...drops.map(({ attributes }) => Number(attributes['ratio'] ?? 0.5)))
}

function layoutOf(
  [key, { shape, transposed: turned }]: readonly [string, ExactParameter],
  network: Network,
): [string, Layout][] {
  if (turned) return [[key, transposed]]
  const own = network.parameters[key]?.shape ?? []
  return own.join() === shape.join() ? [] : [[key, reshaped(shape)]]
}
