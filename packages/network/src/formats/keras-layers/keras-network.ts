import { z } from 'zod'
import { classifierHead } from '../../head.js'
import { imageNetClasses } from '../../image-net-classes.js'
import type { Network } from '../../network.js'
import { detectStages } from '../../stages/detect-stages.js'
import { removeTrailingSigmoid, removeTrailingSoftmax } from '../../stages/remove-trailing-softmax.js'
import { ancestorsOf, findStage, headStage, restrictTo, withHistory } from '../../surgery/edit.js'
import { FormatError } from '../../weight-format.js'
import { checkedNetwork } from '../finish-network.js'
import type { LoadedNetwork } from '../format.js'
import { withUse } from '../graft-metadata.js'
import type { ModelFiles } from '../model-files.js'
import { fitClassNames, readClassNames } from './class-names.js'
import { convertModel } from './convert-model.js'
import { type LayerCall, shortly } from './converters/layer-converter.js'
import type { FindWeight } from './find-weight.js'
import { createGraphBuilder, type GraphBuilder, type Value } from './graph-builder.js'
import { guessPreprocessing, knownFamily } from './preprocessing.js'
import { inputShapeOf, type KerasModel } from './topology.js'

const defaultSize = 224

/** A Keras model's file, whatever format it is in. */
export interface KerasSource {
  readonly files: ModelFiles
  /** Of the file, for what lies beside it: `` or ending in `/`. */
  readonly directory: string
  readonly dialect: LayerCall['dialect']
  readonly findWeight: FindWeight
  /** Of the format, for messages. */
  readonly title: string
  /** What the file says beside the model: Graft's own keys are believed. */
  readonly facts?: unknown
}

/** Which definitions count, by the `keras_version` of a file. */
export function dialectOf(version: string): LayerCall['dialect'] {
  if (version.startsWith('tfjs')) return 'tfjs'
  return version.startsWith('3') ? 'keras3' : 'keras2'
}

/** The folder of a file, `` or ending in `/`. */
export const folderOf = (name: string): string => name.slice(0, name.lastIndexOf('/') + 1)

/**
 * The network that a Keras model describes, with its weights: logits, stages, class names from files beside it.
 * @throws FormatError naming the layer that can't be represented
 */
export async function kerasNetwork(model: KerasModel, source: KerasSource): Promise<LoadedNetwork> {
  const { input, note } = readInput(model)
  const builder = createGraphBuilder(input)
  if (note) builder.network.note(note)
  const [result, ...others] = convertModel(model, [{ name: input.name }], {
    builder,
    dialect: source.dialect,
    findWeight: source.findWeight,
  })
  if (!result || others.length > 0)
    throw new FormatError(
      `Model ${model.name} has ${others.length + 1} outputs; one is expected.`,
      `Save a model with the classifier's output only.`,
    )
  const raw = assemble(model, builder, input, builder.inKerasOrder(result), source)
  const logits = removeTrailingSoftmax(raw)
  const staged: Network = { ...logits, stages: detectStages(logits) }
  const named = await withClassNames(staged, model, builder, source)
  const used = withUse(named, source.facts, builder.shapeOf({ name: named.output })[1])
  const plain = used.head?.task === 'multi-label' ? removeTrailingSigmoid(used) : used
  const network = checkedNetwork(plain, source.title)
  return {
    network,
    tensors: new Map([...builder.network.tensors].filter(([name]) => Object.hasOwn(network.parameters, name))),
  }
}

function readInput(model: KerasModel): { input: Network['input']; note?: string } {
  const [reference, second] = model.inputs
  if (!reference || second)
    throw new FormatError(
      `Model ${model.name} has ${model.inputs.length} inputs; one image is expected.`,
      'Save a model with a single image input.',
    )
  const layer = model.layers.find((candidate) => candidate.name === reference.layer)
  const shape = z
    .tuple([
      z.unknown(),
      z.number().int().positive().nullable(),
      z.number().int().positive().nullable(),
      z.number().int().positive(),
    ])
    .safeParse(layer && inputShapeOf(layer))
  if (!shape.success || shape.data[3] !== 3) {
    throw new FormatError(
      `Model ${model.name} takes an input of shape ${shortly(layer && inputShapeOf(layer))}; colour images [null, height, width, 3] are expected.`,
      'Use a model for RGB images, channels last.',
    )
  }
  const [, height, width] = shape.data
  const input: Network['input'] = { name: reference.layer, shape: [3, height ?? defaultSize, width ?? defaultSize] }
  return height === null || width === null
    ? { input, note: `input size is open in the file; ${defaultSize} assumed` }
    : { input }
}

function assemble(
  model: KerasModel,
  builder: GraphBuilder,
  input: Network['input'],
  output: Value,
  { files }: KerasSource,
): Network {
  const { preprocessing, preprocessingOrigin } = guessPreprocessing(input, model, files.label)
  const whole: Network = {
    format: 'graft-network',
    version: 1,
    name: model.name,
    input,
    layers: builder.network.layers,
    output: output.name,
    parameters: builder.network.parameters,
    stages: [],
    preprocessing,
    preprocessingOrigin,
    head: null,
    provenance: { source: files.label, licence: null, history: builder.network.notes },
  }
  return restrictTo(whole, ancestorsOf(whole, output.name))
}

/** By a file beside it; else ImageNet's, for a network of keras.applications with as many classes. */
async function classNamesOf(
  model: KerasModel,
  classes: number,
  { files, directory }: KerasSource,
): Promise<readonly string[] | undefined> {
  const given = await readClassNames(files, directory)
  const isImageNet = classes === imageNetClasses.length && knownFamily(model, files.label) !== undefined
  return given ?? (isImageNet ? imageNetClasses : undefined)
}

async function withClassNames(
  network: Network,
  model: KerasModel,
  builder: GraphBuilder,
  source: KerasSource,
): Promise<Network> {
  if (!findStage(network, headStage)) return network
  const classes = builder.shapeOf({ name: network.output })[1] ?? 0
  const given = await classNamesOf(model, classes, source)
  const named = { ...network, head: classifierHead(fitClassNames(classes, given)) }
  return given?.length === classes
    ? named
    : withHistory(
        named,
        `class names are not in the file${given ? ` (it lists ${given.length} for ${classes} classes)` : ''}; numbered`,
      )
}
