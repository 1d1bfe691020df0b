import { storedParameters } from '../../architectures/support/stored-weights.js'
import { NetworkError } from '../../network-error.js'
import type { Network, Tensors } from '../../network.js'
import { resolveAttributes } from '../../resolve-attributes.js'
import { layoutToWrite, libraryOf } from './layouts.js'
import type { PyTorchModel } from './pytorch-model.js'
import { matchOf } from './state-dict-of.js'

/** The model of torchvision or timm that a network is exactly, layer for layer, but for the number of classes. */
export interface ExactModel extends PyTorchModel {
  readonly library: 'torchvision' | 'timm'
  /** Of its architecture: "ResNet". */
  readonly family: string
  /** How the network's parameters stand in the model's state dict, by their keys. */
  readonly parameters: ReadonlyMap<string, ExactParameter>
}

export interface ExactParameter {
  readonly name: string
  readonly shape: readonly number[]
  /** The network has it the other way round. */
  readonly transposed: boolean
}

/** Throws NetworkError, saying why, where no library's constructor makes this network. */
export function exactModelOf(network: Network, tensors: Tensors): ExactModel {
  const { architecture, built, classes, own, layout: found, unfolded } = matchOf(network, tensors)
  const { layout: origin = '' } = network.provenance
  const layout = layoutToWrite(architecture, { origin, found, classes })
  const library = libraryOf(layout)
  if (library !== 'torchvision' && library !== 'timm')
    throw notExact(network, `it comes from ${library ?? 'elsewhere'}, whose models answer in a form of their own`)
  if (unfolded !== undefined)
    throw notExact(network, 'its batch normalisations were folded, or its head is another one')
  const differing = firstDifference(network, built)
  if (differing !== null) throw notExact(network, `its layer "${differing}" is another than in ${architecture.id}`)
  const options = { classes, inputSize: network.input.shape[1] ?? 0 }
  const parameters = storedParameters(architecture, built, layout, options).map(
    ({ key, names, shape, transposed }): [string, ExactParameter] => {
      if (names.length > 1) throw notExact(network, `"${key}" is kept in parts`)
      return [own.get(key) ?? key, { name: names[0] ?? key, shape, transposed }]
    },
  )
  const { id, aliases, layouts } = architecture
  const name = library === 'torchvision' || layouts[0] === 'timm' ? id : (aliases[0] ?? id)
  return { library, name, family: architecture.family, parameters: new Map(parameters) }
}

const notExact = ({ name }: Network, why: string): NetworkError =>
  new NetworkError(
    `${name} is not exactly a model of torchvision or timm: ${why}.`,
    'Write the network out instead, layer by layer.',
  )

/** The first layer before the head that is another one in the two networks; null where there is none. */
function firstDifference(network: Network, built: Network): string | null {
  const [ours, theirs] = [bodyOf(network), bodyOf(built)]
  const at = ours.findIndex(({ text }, index) => text !== theirs[index]?.text)
  if (at >= 0) return ours[at]?.name ?? ''
  return ours.length === theirs.length ? null : (theirs[ours.length]?.name ?? '')
}

function bodyOf({ layers, stages }: Network): readonly { readonly name: string; readonly text: string }[] {
  const head = new Set(stages.find(({ name }) => name === 'head')?.layers ?? [])
  return layers
    .filter(({ name, operator }) => !head.has(name) && !ofAverages.has(operator))
    .map((layer) => ({ name: layer.name, text: JSON.stringify([layer.operator, resolveAttributes(layer)]) }))
}

/** Some heads begin with these, some bodies end with them. */
const ofAverages = new Set(['GlobalAveragePool', 'Flatten', 'Dropout'])
