import { FormatError, type ModelFiles } from '../../weight-format.js'
import type { OnnxModel } from './onnx-model.js'
import { bytesPerElement, elementCount, type OnnxTensor } from './onnx-tensor.js'

/**
 * Reads the weights that a model keeps in files beside it. Only files listed in `files`, in the model's own directory
 * or below, are read; throws FormatError for any other location, a missing file, or a range outside the file.
 */
export async function resolveExternalData(model: OnnxModel, files: ModelFiles, modelName: string): Promise<OnnxModel> {
  const directory = modelName.includes('/') ? modelName.slice(0, modelName.lastIndexOf('/') + 1) : ''
  const contents = new Map<string, Uint8Array>()
  const initializers: OnnxTensor[] = []
  for (const tensor of model.graph.initializers) {
    if (tensor.data instanceof Uint8Array) {
      initializers.push(tensor)
      continue
    }
    const name = confined(directory, tensor.data.location, tensor, files)
    const bytes = contents.get(name) ?? (await files.read(name))
    contents.set(name, bytes)
    initializers.push({ ...tensor, data: part(bytes, tensor, name) })
  }
  return { ...model, graph: { ...model.graph, initializers } }
}

function confined(directory: string, location: string, tensor: OnnxTensor, files: ModelFiles): string {
  const parts = location
    .replaceAll('\\', '/')
    .split('/')
    .filter((piece) => piece !== '.' && piece !== '')
  if (/^([/\\]|[A-Za-z]:)/.test(location) || parts.includes('..')) {
    throw new FormatError(
      `Tensor "${tensor.name}" asks for the file "${location}", outside the model's directory. Expected a file beside the model.`,
      'Save the model again with its data beside it.',
    )
  }
  const name = directory + parts.join('/')
  if (files.names.includes(name)) return name
  throw new FormatError(
    `Tensor "${tensor.name}" keeps its values in the file "${location}", which isn't there. Expected it beside the model in ${files.label}.`,
    'Open the directory that holds both, with all files downloaded.',
  )
}

function part(bytes: Uint8Array, tensor: OnnxTensor, name: string): Uint8Array {
  const { offset, length } = tensor.data as { offset: number; length?: number }
  const expected = elementCount(tensor.shape) * bytesPerElement(tensor.type)
  if ((length !== undefined && length !== expected) || offset + expected > bytes.length) {
    throw new FormatError(
      `Tensor "${tensor.name}" of shape [${tensor.shape.join(', ')}] needs ${expected} bytes at ${offset} of "${name}", which has ${bytes.length}. Expected them all.`,
      'Download the file again.',
    )
  }
  return bytes.subarray(offset, offset + expected)
}
