import { z } from 'zod'
import { type Architecture, type ArchitectureOptions, architectures } from '../architectures/index.js'
import { classifierHead } from '../head.js'
import type { Head, Network, Parameter, Preprocessing, Tensors } from '../network.js'
import { FormatError } from '../weight-format.js'
import { checkedNetwork } from './finish-network.js'
import type { LoadedNetwork, WeightsFile } from './format.js'
import { readMetadata } from './graft-metadata.js'
import { preprocessingSchema } from './network-schema.js'

export interface BindOptions {
  /** Id of the architecture that bare weights belong to; found by their names when left out. */
  readonly architecture?: string
  /** Height and width of the image; what the file says, or the architecture's own, when left out. */
  readonly inputSize?: number
}

/** How many names a message lists. */
const mostNamed = 5

/**
 * The network that bare weights belong to, with their values: the one that the file describes (Graft writes it along),
 * or what an architecture builds, asked for by its id or found by the names of the tensors.
 * @param label of the file, for messages
 * @throws FormatError when there is no such architecture, or when tensors are missing, unexpected or of other shapes
 */
export async function bindWeights(file: WeightsFile, label: string, options: BindOptions = {}): Promise<LoadedNetwork> {
  const described = options.architecture === undefined ? readMetadata(file.metadata).network : null
  const network = described ?? builtNetwork(file, label, architectureOf(file, label, options))
  checkNames(network, file, label)
  const sound = checkedNetwork(network, 'network of these weights')
  const tensors: Tensors = new Map()
  for (const name of Object.keys(sound.parameters)) tensors.set(name, await file.read(name))
  return { network: { ...sound, parameters: fromFile(sound) }, tensors }
}

/** Whether a network can be found for bare weights: for lists of what can be loaded. Their shapes are not compared. */
export function isBindable(file: Pick<WeightsFile, 'shapes' | 'metadata'>): boolean {
  return (
    readMetadata(file.metadata).network !== null ||
    architectures.some((architecture) => architecture.optionsOf(file.shapes) !== null)
  )
}

function fromFile(network: Network): Record<string, Parameter> {
  return Object.fromEntries(
    Object.entries(network.parameters).map(([name, parameter]): [string, Parameter] => [
      name,
      { ...parameter, source: { kind: 'blob', blob: '', tensor: name } },
    ]),
  )
}

interface Choice {
  readonly architecture: Architecture
  readonly options: ArchitectureOptions
}

function architectureOf(file: WeightsFile, label: string, { architecture: wanted, inputSize }: BindOptions): Choice {
  const listed = architectures.filter(({ id }) => wanted === undefined || id === wanted)
  const known = architectures.map(({ id }) => id).join(', ')
  if (listed.length === 0)
    throw new FormatError(`There is no architecture "${wanted}". Expected one of: ${known}.`, 'Choose one of these.')
  const [choice] = listed.flatMap((architecture) => {
    const options = architecture.optionsOf(file.shapes)
    return options === null ? [] : [{ architecture, options: { ...options, ...sizeFrom(file, inputSize) } }]
  })
  if (choice !== undefined) return choice
  throw new FormatError(
    `${label} holds weights only: ${file.shapes.size} tensors (${shortly([...file.shapes.keys()])}). Which layers they belong to is not in the file, and their names are not those of ${wanted ?? `an architecture that Graft can build (${known})`}.`,
    'Export the network with its layers instead, to ONNX, or give weights of such an architecture.',
  )
}

/** A square image's size, as the file has it. */
function sizeFrom(file: WeightsFile, given: number | undefined): { readonly inputSize?: number } {
  const { preprocessing } = factsOf(file)
  const inputSize = given ?? (preprocessing?.height === preprocessing?.width ? preprocessing?.height : undefined)
  return inputSize === undefined ? {} : { inputSize }
}

const legacyNames = z.array(z.string()).nonempty()

/** What the file says of itself beyond its tensors goes into the network that the architecture builds. */
function builtNetwork(file: WeightsFile, label: string, { architecture, options }: Choice): Network {
  const { preprocessing, head } = factsOf(file)
  const built = architecture.build(options)
  const history = [`weights read into the architecture ${architecture.title}`]
  const network: Network = {
    ...built,
    name: file.metadata.name ?? built.name,
    preprocessing: preprocessing ?? built.preprocessing,
    preprocessingOrigin:
      preprocessing === null
        ? { how: 'family', reason: `it is what ${architecture.title} wants; the file doesn't say`, certain: false }
        : { how: 'file', reason: 'its own file says so', certain: true },
    provenance: { source: label, licence: null, history },
  }
  if (options.classes === null) return network
  const ofFile = head?.names.length === options.classes ? head : null
  return { ...network, head: ofFile ?? classifierHead(numbered(options.classes)) }
}

const numbered = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `class ${index}`)

/** Under Graft's keys; files written before those were used have plain ones. */
function factsOf({ metadata }: WeightsFile): {
  readonly preprocessing: Preprocessing | null
  readonly head: Head | null
} {
  const { preprocessing, head } = readMetadata(metadata)
  const names = parsed(metadata.class_names, legacyNames)
  return {
    preprocessing: preprocessing ?? parsed(metadata.preprocessing, preprocessingSchema),
    head: head ?? (names === null ? null : classifierHead(names)),
  }
}

function parsed<Value>(text: string | undefined, schema: z.ZodType<Value>): Value | null {
  try {
    return text === undefined ? null : schema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

/** Throws FormatError unless the file's tensors are exactly the network's parameters. */
function checkNames(network: Network, { shapes }: WeightsFile, label: string): void {
  const expected = Object.entries(network.parameters)
  const missing = expected.filter(([name]) => !shapes.has(name)).map(([name]) => name)
  const unexpected = [...shapes.keys()].filter((name) => !Object.hasOwn(network.parameters, name))
  const other = expected.flatMap(([name, { shape }]) => {
    const found = shapes.get(name)
    return found === undefined || found.join() === shape.join()
      ? []
      : [`${name} is [${found.join(', ')}], expected [${shape.join(', ')}]`]
  })
  const faults = [
    ...(missing.length > 0 ? [`${missing.length} of ${expected.length} are missing (${shortly(missing)})`] : []),
    ...(unexpected.length > 0 ? [`${unexpected.length} are not of it (${shortly(unexpected)})`] : []),
    ...(other.length > 0 ? [`${other.length} have another shape (${shortly(other)})`] : []),
  ]
  if (faults.length === 0) return
  throw new FormatError(
    `The tensors in ${label} don't fit the network ${network.name}: ${faults.join('; ')}.`,
    'Give the weights that were saved from this network, all of them and no others.',
  )
}

function shortly(names: readonly string[]): string {
  const shown = names.slice(0, mostNamed).join(', ')
  return names.length > mostNamed ? `${shown} and ${names.length - mostNamed} more` : shown
}
