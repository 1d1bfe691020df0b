import { must } from '@graft/errors'
import { z } from 'zod'
import { taskOf } from '@graft/engines'
import { describeScores, type FileValue, scoreList } from '@graft/graph-schema'
import type { MetricsValue, Sample } from '@graft/graph-schema'
import { type FormatWriter, type Network, writers } from '@graft/network'
import { type CardFacts, modelCard } from '../../exporting/model-card.js'
import { recipeOf } from '../../exporting/recipe.js'
import { type WrittenExport, writeAndCheck } from '../../exporting/write-and-check.js'
import { defineNode } from '../../sdk/define-node.js'
import type { NodeContext } from '../../sdk/node-context.js'
import { readSamples } from '../../sdk/samples.js'
import { loadModelTensors } from '../support/model-weights.js'
import { datasetPort, filePort, metricsPort, modelPort } from '../../sdk/ports.js'

export const exportModel = defineNode({
  type: 'export-model',
  version: 1,
  // 2: heads on DINOv2, and image sizes of transformers' networks on the card.
  revision: 2,
  title: 'Export Model',
  category: 'Output',
  keywords: ['onnx', 'pytorch', 'safetensors', 'int8', 'model card'],
  doc: `Writes the trained network as a file that other programs can run, and a model card that says what it is and how to use it.
Connect it to the last Train. What was written is run at once, in the target's own runtime where that is here, and the log says the largest difference of its answers: on the images of Compare on, else on generated ones.
${writers.map(({ id, description }) => `\`${id}\`: ${description}`).join('\n')}`,
  inputs: {
    model: modelPort('A trained network.'),
    images: datasetPort('Training images, for formats that measure how large values become (8 bits).', {
      title: 'Images',
      optional: true,
      neededFor: { param: 'format', values: writers.filter(({ measures }) => measures).map(({ id }) => id) },
      splits: ['train', 'all', 'val', 'test'],
    }),
    compare: datasetPort('Labelled images on which the file is compared with the network, and measured.', {
      title: 'Compare on',
      optional: true,
      splits: ['val', 'test', 'all', 'train'],
    }),
    metrics: metricsPort('Results of Evaluate, for the model card.', { optional: true, multiple: true }),
  },
  outputs: {
    file: filePort('The model as a file, to run elsewhere.'),
    card: filePort('A model card in Markdown, with a program that uses the file.', { title: 'Model card' }),
  },
  isOutput: true,
  usesEngine: true,
  workload: ({ inputs }) => ({ forward: inputs.compare?.count ?? 8, training: 0 }),
  params: z.strictObject({
    format: z
      .enum(writers.map(({ id }) => id))
      .default('onnx')
      .meta({
        title: 'Format',
        description: `What to write: ${writers.map(({ title }) => title).join(', or ')}.`,
      }),
    name: z
      .string()
      .regex(/^[\w.-]{0,80}$/, 'Expected letters, digits, dots, dashes and underscores')
      .default('model')
      .meta({ title: 'File name', description: 'Without its extension.' }),
    adapters: z.enum(['fold', 'keep']).default('fold').meta({
      title: 'Adapters',
      description:
        '`fold` puts what they have learned into the weights beside them: the file has the layers of the backbone. `keep` writes them as layers of their own.',
      advanced: true,
    }),
  }),
  async run({ inputs, params: { format: id, name, adapters }, context }) {
    const { network } = inputs.model
    const writer = writerOf(id)
    const samplesOf = async (images: typeof inputs.images): Promise<readonly Sample[]> =>
      images === undefined ? [] : readSamples(images, context.store)
    const comparing = await samplesOf(inputs.compare)
    const written = await writeAndCheck({
      writer,
      network,
      tensors: await loadModelTensors(inputs.model, context.store),
      training: await samplesOf(inputs.images),
      comparing,
      keepsAdapters: adapters === 'keep',
      metadata: { 'graft.document': JSON.stringify(context.document) },
      engine: context.engines.forward,
      signal: context.signal,
    })
    const stem = name === '' ? 'model' : name
    const file = await store(context, written.bytes, `${stem}${writer.extension}`, 'application/octet-stream')
    const classes = network.head?.names.length ?? 0
    const size = `${(written.bytes.byteLength / 1e6).toFixed(1)} MB`
    const { text, fine } = written.found
    context.emit({ type: 'log', level: 'info', message: `${stem}${writer.extension}: ${size}, ${classes} classes.` })
    context.emit({ type: 'log', level: fine ? 'info' : 'warning', message: text })
    const measured = accuracies(network, written, comparing)
    if (measured !== null) context.emit({ type: 'log', level: 'info', message: measured })
    const card = modelCard({
      writer,
      network,
      fileName: `${stem}${writer.extension}`,
      architecture: written.architecture,
      measured: inputs.metrics.map(measuredOn),
      check: [text, ...(measured === null ? [] : [measured])].join(' '),
      recipe: recipeOf(context.document),
    })
    return { file, card: await store(context, new TextEncoder().encode(card), `${stem}.md`, 'text/markdown') }
  },
})

const writerOf = (id: string): FormatWriter =>
  must(
    writers.find((writer) => writer.id === id),
    `the format ${id}`,
  )

async function store(context: NodeContext, bytes: Uint8Array, name: string, mediaType: string): Promise<FileValue> {
  return { kind: 'file', blob: await context.store.put(bytes, mediaType, name) }
}

const splitNames = { all: 'images', train: 'training images', val: 'validation images', test: 'test images' } as const

const measuredOn = (metrics: MetricsValue): CardFacts['measured'][number] => ({
  on: splitNames[metrics.split],
  count: metrics.count,
  scores: scoreList(metrics),
})

/** The main score before and after, where images and their labels are there. */
function accuracies(network: Network, { check }: WrittenExport, comparing: readonly Sample[]): string | null {
  if (network.head === null || comparing.length !== check.images) return null
  const { task, head } = taskOf(network)
  const labels = comparing.map(({ label }) => label)
  const width = head.names.length
  const scoreOf = (values: Float32Array): number =>
    task.evaluate({ values, width }, labels, head).values[task.primary] ?? NaN
  const [before, after] = [scoreOf(check.network), scoreOf(check.file)]
  const { title, format } = must(
    scoreList(describeScores(task, { [task.primary]: before }))[0],
    `the metric ${task.primary}`,
  )
  const show = (value: number): string => (format === 'percent' ? `${(100 * value).toFixed(1)}%` : value.toPrecision(3))
  return `${title} on ${check.images} images: ${show(before)} before export, ${show(after)} in the file.`
}
