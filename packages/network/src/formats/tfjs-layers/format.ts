import { classifierHead } from '../../head.js'
import { z } from 'zod'
import type { Network } from '../../network.js'
import { detectStages } from '../../stages/detect-stages.js'
import { removeTrailingSoftmax } from '../../stages/remove-trailing-softmax.js'
import { headStage, restrictTo, withHistory, ancestorsOf, findStage } from '../../surgery/edit.js'
import { FormatError } from '../../weight-format.js'
import { checkedNetwork } from '../finish-network.js'
import type { LoadedNetwork, NetworkFormat } from '../format.js'
import type { ModelFiles } from '../model-files.js'
import { classNameFiles, fitClassNames, parseJson, readClassNames } from './class-names.js'
import { convertModel } from './convert-model.js'
import type { LayerCall } from './converters/layer-converter.js'
import { createGraphBuilder, type GraphBuilder, type Value } from './graph-builder.js'
import { checkDescriptionSize } from './limits.js'
import { guessPreprocessing } from './preprocessing.js'
import { inputShapeOf, type KerasModel, parseTopology } from './topology.js'
import { createWeightLookup, readWeights, shardNames } from './weights.js'

const modelSchema = z.looseObject({
  modelTopology: z.unknown(),
  weightsManifest: z.unknown().optional(),
  format: z.string().optional(),
})
const writerSchema = z.looseObject({ keras_version: z.string().optional(), model_config: z.unknown().optional() })

const defaultSize = 224
const title = 'TensorFlow.js layers model'

/**
 * TensorFlow.js layers models: a description in JSON (`model.json`, or whatever name it was saved under) and weight
 * shards beside it, as model.save() or tensorflowjs_converter write them; class names from files beside it.
 */
export const tfjsLayersFormat: NetworkFormat = {
  id: 'tfjs-layers',
  title,
  kind: 'network',
  extensions: ['.json'],
  nameTells: false,
  recognises: (head) => /^\s*\{[^]*"(modelTopology|weightsManifest)"\s*:/.test(new TextDecoder().decode(head)),
  parts: async (files, name) => {
    const { weightsManifest } = await readDescription(files, name)
    return [name, ...shardNames(files, folderOf(name), weightsManifest), ...classNameFiles(folderOf(name))]
  },
  read: async (files, name) => {
    const { modelTopology, weightsManifest } = await readDescription(files, name)
    const model = parseTopology(modelTopology)
    const findWeight = createWeightLookup(await readWeights(files, folderOf(name), weightsManifest))
    return buildNetwork(model, { files, directory: folderOf(name), dialect: dialectOf(modelTopology), findWeight })
  },
}

/** The folder of a file, `` or ending in `/`. */
const folderOf = (name: string): string => name.slice(0, name.lastIndexOf('/') + 1)

interface Description {
  readonly modelTopology: unknown
  readonly weightsManifest: unknown
}

async function readDescription(files: ModelFiles, name: string): Promise<Description> {
  checkDescriptionSize(await files.size(name), files.label)
  const parsed = modelSchema.safeParse(parseJson(await files.read(name)))
  if (!parsed.success)
    throw new FormatError(
      `${name} in ${files.label} is not a TensorFlow.js model description. Expected a JSON object with modelTopology and weightsManifest.`,
      'The file is damaged or cut off: download or save the model again.',
    )
  const { format, modelTopology, weightsManifest } = parsed.data
  if (format === 'graph-model') {
    throw new FormatError(
      `${files.label} is a TensorFlow.js graph model, whose layers are gone, so it can't be trained further. Expected a layers model.`,
      'Convert the original with --output_format=tfjs_layers_model, or export it to ONNX.',
    )
  }
  if (weightsManifest === undefined)
    throw new FormatError(
      `${files.label} describes layers but no weights: ${name} has no weightsManifest.`,
      'Save the model with its weights.',
    )
  return { modelTopology, weightsManifest }
}

interface Source {
  readonly files: ModelFiles
  readonly directory: string
  readonly dialect: LayerCall['dialect']
  readonly findWeight: ReturnType<typeof createWeightLookup>
}

function dialectOf(topology: unknown): LayerCall['dialect'] {
  const version = writerSchema.safeParse(topology).data?.keras_version ?? ''
  if (version.startsWith('tfjs')) return 'tfjs'
  return version.startsWith('3') ? 'keras3' : 'keras2'
}

async function buildNetwork(model: KerasModel, source: Source): Promise<LoadedNetwork> {
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
  const network = checkedNetwork(await withClassNames(staged, builder, source), title)
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
      `Model ${model.name} takes an input of shape ${JSON.stringify(layer && inputShapeOf(layer))}; colour images [null, height, width, 3] are expected.`,
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
  { files }: Source,
): Network {
  // The folder often has the network's name; those above it mean other things.
  const names = [...modelNames(model), files.label.split(/[/\\]/).slice(-2).join('/')]
  const { preprocessing, preprocessingOrigin } = guessPreprocessing(input, names, hasOwnScaling(model))
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

const modelNames = (model: KerasModel): readonly string[] => [
  model.name,
  ...model.layers.flatMap((layer) => (layer.model ? [layer.name, ...modelNames(layer.model)] : [])),
]

const hasOwnScaling = (model: KerasModel): boolean =>
  model.layers.some(
    (layer) =>
      layer.className === 'Rescaling' ||
      layer.className === 'Normalization' ||
      (layer.model !== undefined && hasOwnScaling(layer.model)),
  )

async function withClassNames(network: Network, builder: GraphBuilder, { files, directory }: Source): Promise<Network> {
  if (!findStage(network, headStage)) return network
  const classes = builder.shapeOf({ name: network.output })[1] ?? 0
  const given = await readClassNames(files, directory)
  const named = { ...network, head: classifierHead(fitClassNames(classes, given)) }
  return given?.length === classes
    ? named
    : withHistory(
        named,
        `class names are not in the file${given ? ` (it lists ${given.length} for ${classes} classes)` : ''}; numbered`,
      )
}
