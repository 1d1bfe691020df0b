import { z } from 'zod'
import { taskOf } from '@graft/engines'
import { encodeOnnxClassifier, safetensorsWriter } from '@graft/network'
import type { FileValue } from '@graft/graph-schema'
import { defineNode } from '../../sdk/define-node.js'
import { NodeError } from '../../sdk/node-error.js'
import { loadModelTensors } from '../support/model-weights.js'
import { filePort, modelInput, modelPort } from '../../sdk/ports.js'

export const exportModel = defineNode({
  type: 'export-model',
  version: 1,
  title: 'Export Model',
  category: 'Output',
  doc: `Writes the trained network as a file that other programs can run.
ONNX runs everywhere (onnxruntime, browsers, phones) and carries class names, task, thresholds and preprocessing in its metadata; safetensors holds the bare weights. Connect it to the last Train.`,
  inputs: { model: modelPort('A trained network.') },
  outputs: { file: filePort('The model as a file, to run elsewhere.') },
  isOutput: true,
  params: z.strictObject({
    format: z.enum(['onnx', 'safetensors']).default('onnx').meta({ title: 'Format', description: 'What to write.' }),
    name: z
      .string()
      .regex(/^[\w.-]{0,80}$/, 'Expected letters, digits, dots, dashes and underscores')
      .default('model')
      .meta({ title: 'File name', description: 'Without its extension.' }),
  }),
  async run({ inputs, params: { format, name }, context }) {
    const model = modelInput(inputs.model)
    const { network } = model
    const tensors = await loadModelTensors(model, context.store)
    if (format === 'onnx' && network.head === null) {
      throw new NodeError(
        'model',
        `${network.name} has no classifier to export.`,
        'Connect a network with a head, or choose the format safetensors.',
      )
    }
    const bytes =
      format === 'onnx'
        ? encodeOnnxClassifier(network, tensors, {
            activation: taskOf(network).task.activation,
            metadata: { 'graft.document': JSON.stringify(context.document) },
          })
        : await safetensorsWriter.write(network, tensors)
    const blob = await context.store.put(bytes, 'application/octet-stream', `${name === '' ? 'model' : name}.${format}`)
    context.emit({
      type: 'log',
      level: 'info',
      message: `${blob.name}: ${(bytes.byteLength / 1e6).toFixed(1)} MB, ${network.head?.names.length ?? 0} classes.`,
    })
    return { file: { kind: 'file', blob } satisfies FileValue }
  },
})
