import { classifierHead } from '../../head.js'
import { z } from 'zod'
import type { Network } from '../../network.js'
import { detectStages } from '../../stages/detect-stages.js'
import { removeTrailingSoftmax } from '../../stages/remove-trailing-softmax.js'
import { headStage, restrictTo, withHistory, ancestorsOf, findStage } from '../../surgery/edit.js'
import { FormatError, type LoadedNetwork, type ModelFiles, type NetworkReader } from '../../weight-format.js'
import { fitClassNames, parseJson, readClassNames } from './class-names.js'
import { convertModel } from './convert-model.js'
import type { LayerCall } from './converters/layer-converter.js'
import { createGraphBuilder, type GraphBuilder, type Value } from './graph-builder.js'
import { guessPreprocessing } from './preprocessing.js'
import { inputShapeOf, type KerasModel, parseTopology } from './topology.js'
import { createWeightLookup, readWeights } from './weights.js'

const modelSchema = z.looseObject({
  modelTopology: z.unknown(),
  weightsManifest: z.unknown().optional(),
  format: z.string().optional(),
})
const writerSchema = z.looseObject({ keras_version: z.string().optional(), model_config: z.unknown().optional() })

const defaultSize = 224

/**
 * TensorFlow.js layers models: a directory with `model.json` and weight shards, as model.save() or
 * tensorflowjs_converter write it.
 */
export const tfjsLayersReader: NetworkReader = {
  id: 'tfjs-layers',
  title: 'TensorFlow.js layers model (directory with model.json)',
  recognises: async (files) =>
    findDirectory(files) !== undefined &&
    modelSchema.safeParse(parseJson(await files.read(`${findDirectory(files)}model.json`))).success,
  read: async (files) => {
    const directory = findDirectory(files) ?? ''
    const parsed = modelSchema.safeParse(parseJson(await files.read(`${directory}model.json`)))
    if (!parsed.success)
      throw new FormatError(
        `${files.label}/${directory}model.json is not a TensorFlow.js model description.`,
        'Expected an object with modelTopology and weightsManifest.',
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
        `${files.label} describes layers but no weights: model.json has no weightsManifest.`,
        'Save the model with its weights.',
      )
    const model = parseTopology(modelTopology)
    const findWeight = createWeightLookup(await readWeights(files, directory, weightsManifest))
    return buildNetwork(model, { files, directory, dialect: dialectOf(modelTopology), findWeight })
  },
}

interface Source {
  readonly files: ModelFiles
  readonly directory: string
  readonly dialect: LayerCall['dialect']
  readonly findWeight: ReturnType<typeof createWeightLookup>
}

/** Where the only model.json lies, `` or ending in `/`; the one nearest to the top when there are several. */
function findDirectory(files: ModelFiles): string | undefined {
  const [found] = files.names
    .filter((name) => name === 'model.json' || name.endsWith('/model.json'))
    .sort((left, right) => left.split('/').length - right.split('/').length)
  return found?.slice(0, -'model.json'.length)
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
  const network = await withClassNames(staged, builder, source)
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
  const names = [...modelNames(model), files.label]
  const { preprocessing, note } = guessPreprocessing(input, names, hasOwnScaling(model))
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
    head: null,
    provenance: { source: files.label, licence: null, history: [...builder.network.notes, note] },
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
