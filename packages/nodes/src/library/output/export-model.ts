import { must } from '@graft/errors'
import { z } from 'zod'
import { measureRanges, taskOf } from '@graft/engines'
import { type FormatWriter, writers } from '@graft/network'
import type { FileValue } from '@graft/graph-schema'
import { defineNode } from '../../sdk/define-node.js'
import { NodeError } from '../../sdk/node-error.js'
import { readSamples } from '../../sdk/samples.js'
import { imageBatches, spread } from './image-batches.js'
import { loadModelTensors } from '../support/model-weights.js'
import { datasetPort, filePort, modelPort } from '../../sdk/ports.js'

/** Ranges hardly change with more. */
const measuredImages = 100

export const exportModel = defineNode({
  type: 'export-model',
  version: 1,
  title: 'Export Model',
  category: 'Output',
  keywords: ['save', 'download', 'onnx', 'deploy', 'convert'],
  doc: `Writes the trained network as a file that other programs can run.
Connect it to the last Train.
${writers.map(({ id, description }) => `\`${id}\`: ${description}`).join('\n')}`,
  inputs: {
    model: modelPort('A trained network.'),
    images: datasetPort('Training images, for formats that measure how large values become (8 bits).', {
      title: 'Images',
      optional: true,
      splits: ['train', 'all', 'val', 'test'],
    }),
  },
  outputs: { file: filePort('The model as a file, to run elsewhere.') },
  isOutput: true,
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
  }),
  async run({ inputs, params: { format: id, name }, context }) {
    const model = inputs.model
    const { network } = model
    const writer = writerOf(id)
    if (writer.needsClassifier && network.head === null) {
      const others = writers.filter(({ needsClassifier }) => !needsClassifier).map((other) => other.id)
      throw new NodeError(
        'model',
        `${network.name} has no classifier to export.`,
        `Connect a network with a head, or choose another format (${others.join(', ')}).`,
      )
    }
    const samples = inputs.images === undefined ? [] : await readSamples(inputs.images, context.store)
    if (writer.measures === true && samples.length === 0)
      throw new NodeError(
        'images',
        `${writer.title} needs images: the ranges of values are measured on them.`,
        'Connect the training images of Split to Images.',
      )
    const measure = measureRanges(imageBatches(spread(samples, measuredImages), network.preprocessing, context.signal))
    const bytes = await writer.write(network, await loadModelTensors(model, context.store), {
      ...(writer.measures === true && { measure }),
      metadata: { 'graft.document': JSON.stringify(context.document) },
      ...(network.head !== null && { activation: taskOf(network).task.activation }),
    })
    const fileName = `${name === '' ? 'model' : name}${writer.extension}`
    const blob = await context.store.put(bytes, 'application/octet-stream', fileName)
    context.emit({
      type: 'log',
      level: 'info',
      message: `${blob.name}: ${(bytes.byteLength / 1e6).toFixed(1)} MB, ${network.head?.names.length ?? 0} classes.`,
    })
    return { file: { kind: 'file', blob } satisfies FileValue }
  },
})

const writerOf = (id: string): FormatWriter =>
  must(
    writers.find((writer) => writer.id === id),
    `the format ${id}`,
  )
