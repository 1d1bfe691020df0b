import { z } from 'zod'
import { faults, type Misfit } from '../architectures/support/recognise.js'
import { classifierHead } from '../head.js'
import { imageNetClasses } from '../image-net-classes.js'
import type { Head, Network, Parameter, Preprocessing, Tensors } from '../network.js'
import { chooseFit, type ChosenFit, different, fitsSome, shortly } from './binding/choose-fit.js'
import { readStored } from './binding/read-stored.js'
import { namesWithoutPrefix, withoutPrefixes } from './binding/without-prefixes.js'
import { inferShapes } from '../infer-shapes.js'
import type { PreprocessingOrigin } from '../preprocessing-origin.js'
import { sameNumbers, scalingNamed } from '../preprocessing/scalings.js'
import { originOfTorchvision } from './claims/torchvision-names.js'
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

/**
 * The network that bare weights belong to, with their values: the one that the file describes (Graft writes it along),
 * or what an architecture builds, asked for by its id or found by the names and shapes of the tensors.
 * @param label of the file, for messages
 * @throws FormatError when there is no such architecture, or when tensors are missing, unexpected or of other shapes
 */
export async function bindWeights(file: WeightsFile, label: string, options: BindOptions = {}): Promise<LoadedNetwork> {
  const described = options.architecture === undefined ? readMetadata(file.metadata).network : null
  if (described === null) return bindToArchitecture(withoutPrefixes(file), label, options)
  checkNames(described, file, label)
  const sound = checkedNetwork(described, 'network of these weights')
  const tensors: Tensors = new Map()
  for (const name of Object.keys(sound.parameters)) tensors.set(name, await file.read(name))
  return { network: { ...sound, parameters: fromFile(sound) }, tensors }
}

interface BoundFit extends ChosenFit {
  /** What images the positions were learned on, where there are any. */
  readonly learnedSize: number | undefined
}

async function bindToArchitecture(
  file: WeightsFile,
  label: string,
  { architecture, inputSize }: BindOptions,
): Promise<LoadedNetwork> {
  const chosen = chooseFit(file.shapes, label, architecture)
  const resizes = chosen.architecture.positions !== undefined && inputSize !== undefined
  const options = { ...sizeFrom(file, inputSize), ...chosen.options, ...(resizes && { inputSize }) }
  const fit: BoundFit = { ...chosen, options, learnedSize: chosen.options.inputSize }
  const sound = checkedNetwork(builtNetwork(file, label, fit), 'network of these weights')
  const tensors = await readStored(file, sound, fit)
  return { network: { ...sound, parameters: fromFile(sound) }, tensors }
}

/** Whether a network can be found for bare weights: for lists of what can be loaded. */
export function isBindable({ shapes, metadata }: Pick<WeightsFile, 'shapes' | 'metadata'>): boolean {
  return readMetadata(metadata).network !== null || fitsSome(namesWithoutPrefix(shapes))
}

function fromFile(network: Network): Record<string, Parameter> {
  return Object.fromEntries(
    Object.entries(network.parameters).map(([name, parameter]): [string, Parameter] => [
      name,
      { ...parameter, source: { kind: 'blob', blob: '', tensor: name } },
    ]),
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
function builtNetwork(
  file: WeightsFile,
  label: string,
  { architecture, layout, options, learnedSize, unexpected, others }: BoundFit,
): Network {
  const { preprocessing, head } = factsOf(file)
  const built = architecture.build(options)
  const history = [
    `weights read into the architecture ${architecture.title}`,
    ...(unexpected.length > 0
      ? [
          `${unexpected.length} tensors that are not of it left out (${shortly(unexpected)}), such as another classifier`,
        ]
      : []),
    ...(learnedSize !== undefined && learnedSize !== options.inputSize
      ? [`positions learned on images of ${learnedSize} pixels resampled for ${options.inputSize}`]
      : []),
    ...(others.length > 0
      ? [`they fit ${others.map(({ id }) => id).join(', ')} too: choose the architecture if that is what they are of`]
      : []),
  ]
  const network: Network = {
    ...built,
    name: file.metadata.name ?? built.name,
    preprocessing: preprocessing ?? built.preprocessing,
    preprocessingOrigin:
      preprocessing === null
        ? originOfBuilt(built, architecture.title, file)
        : { how: 'file', reason: 'its own file says so', certain: true },
    provenance: { source: label, licence: null, ...(layout !== architecture.layouts[0] && { layout }), history },
  }
  if (options.classes === null) return network
  const ofFile = head?.names.length === options.classes ? head : null
  return { ...network, head: ofFile ?? classifierHead(customaryNames(options.classes)) }
}

/** Certain where the names are torchvision's, all of whose weights want the same. */
function originOfBuilt(built: Network, title: string, { shapes }: WeightsFile): PreprocessingOrigin {
  const classes = built.head?.names.length ?? inferShapes(built).get(built.output)?.[1]
  const wantsThat = sameNumbers(built.preprocessing, scalingNamed('imagenet'))
  const ofTorchvision = wantsThat ? originOfTorchvision(shapes.keys(), classes) : null
  return ofTorchvision ?? { how: 'family', reason: `it is what ${title} wants; the file doesn't say`, certain: false }
}

/** A thousand classes are ImageNet's. */
const customaryNames = (count: number): readonly string[] =>
  count === imageNetClasses.length ? imageNetClasses : Array.from({ length: count }, (_, index) => `class ${index}`)

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
  const misfit: Misfit = {
    total: expected.length,
    missing: expected.filter(([name]) => !shapes.has(name)).map(([name]) => name),
    unexpected: [...shapes.keys()].filter((name) => !Object.hasOwn(network.parameters, name)),
    misshapen: expected.flatMap(([name, { shape }]) => {
      const found = shapes.get(name)
      return found === undefined || found.join() === shape.join()
        ? []
        : [`${name} is [${found.join(', ')}], expected [${shape.join(', ')}]`]
    }),
  }
  if (faults(misfit) > 0) throw different(misfit, `The tensors in ${label} don't fit the network ${network.name}`)
}
