import { z } from 'zod'
import { FormatError } from '../../weight-format.js'
import type { NetworkFormat } from '../format.js'
import { classNameFiles, parseJson } from '../keras-layers/class-names.js'
import { findByEnd } from '../keras-layers/find-weight.js'
import { dialectOf, folderOf, kerasNetwork } from '../keras-layers/keras-network.js'
import { parseTopology } from '../keras-layers/topology.js'
import type { ModelFiles } from '../model-files.js'
import { checkDescriptionSize } from '../keras-layers/limits.js'
import { readWeights, shardNames } from './weights.js'
import { tfjsWriter } from './write.js'

const modelSchema = z.looseObject({
  modelTopology: z.unknown(),
  weightsManifest: z.unknown().optional(),
  format: z.string().optional(),
})
/** What a graph model has where a layers model has layers; `format` is not always there. */
const graphSchema = z.looseObject({ node: z.array(z.unknown()) })
const writerSchema = z.looseObject({ keras_version: z.string().optional() })

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
    const weights = await readWeights(files, folderOf(name), weightsManifest)
    const version = writerSchema.safeParse(modelTopology).data?.keras_version ?? ''
    return kerasNetwork(model, {
      files,
      directory: folderOf(name),
      dialect: dialectOf(version),
      findWeight: findByEnd(weights),
      title,
      facts: await factsBeside(files, folderOf(name)),
    })
  },
  writers: [tfjsWriter],
}

/** What stands in `metadata.json`; undefined when there is none. */
async function factsBeside(files: ModelFiles, folder: string): Promise<unknown> {
  const [name = ''] = classNameFiles(folder)
  return (await files.has(name)) ? parseJson(await files.read(name)) : undefined
}

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
  if (format === 'graph-model' || graphSchema.safeParse(modelTopology).success) {
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
