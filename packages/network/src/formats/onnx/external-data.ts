import { FormatError } from '../../weight-format.js'
import type { ModelFiles } from '../model-files.js'
import type { OnnxModel } from './onnx-model.js'
import { bytesPerElement, elementCount, type ExternalData, type OnnxTensor } from './onnx-tensor.js'

/** A tensor whose values lie in a file. */
type ExternalTensor = OnnxTensor & { readonly data: ExternalData }

/**
 * Reads the weights that a model keeps in files beside it, or that were left in its own (see `readOnnxModel`), each by
 * its range. Only files in the model's own folder or below are read; throws FormatError for any other location, a
 * missing file, a range outside the file, or ranges that hold more than the files do.
 */
export async function resolveExternalData(model: OnnxModel, files: ModelFiles, modelName: string): Promise<OnnxModel> {
  const read = rangeReader(files)
  const initializers: OnnxTensor[] = []
  for (const tensor of model.graph.initializers)
    initializers.push(
      isExternal(tensor) ? { ...tensor, data: await read(tensor, locate(tensor, modelName)), ownsData: true } : tensor,
    )
  return { ...model, graph: { ...model.graph, initializers } }
}

/** Names of the files that hold a model's weights, its own left out. */
export function externalFiles(model: OnnxModel, modelName: string): readonly string[] {
  const names = model.graph.initializers.filter(isExternal).map((tensor) => locate(tensor, modelName))
  return [...new Set(names)].filter((name) => name !== modelName)
}

const isExternal = (tensor: OnnxTensor): tensor is ExternalTensor => !(tensor.data instanceof Uint8Array)

function locate({ name: tensor, data: { location } }: ExternalTensor, modelName: string): string {
  const folder = modelName.slice(0, modelName.lastIndexOf('/') + 1)
  const parts = location
    .replaceAll('\\', '/')
    .split('/')
    .filter((piece) => piece !== '.' && piece !== '')
  if (/^([/\\]|[A-Za-z]:)/.test(location) || parts.includes('..')) {
    throw new FormatError(
      `Tensor "${tensor}" asks for the file "${location}", outside the model's folder. Expected a file beside the model.`,
      'Save the model again with its data beside it.',
    )
  }
  return folder + parts.join('/')
}

/** Tensors over the same range get the same memory; together they can't take more than the files hold. */
function rangeReader(files: ModelFiles): (tensor: ExternalTensor, name: string) => Promise<Uint8Array> {
  const sizes = new Map<string, number>()
  const ranges = new Map<string, Uint8Array>()
  let left = 0
  return async (tensor, name) => {
    const known = sizes.get(name)
    const size = known ?? (await sizeOf(files, name, tensor))
    if (known === undefined) left += size
    sizes.set(name, size)
    const { from, to } = checkedRange(tensor, name, size)
    const key = JSON.stringify([name, from, to])
    const found = ranges.get(key)
    if (found !== undefined) return found
    left -= to - from
    if (left < 0)
      throw new FormatError(
        `The tensors of the ONNX model claim more bytes than its files hold: they overlap (at "${tensor.name}").`,
        'The model is damaged: export it again.',
      )
    const bytes = await files.range(name, from, to)
    ranges.set(key, bytes)
    return bytes
  }
}

async function sizeOf(files: ModelFiles, name: string, tensor: ExternalTensor): Promise<number> {
  return files.size(name).catch((error: unknown) => {
    if (!(error instanceof FormatError)) throw error
    throw new FormatError(
      `Tensor "${tensor.name}" keeps its values in the file "${tensor.data.location}", which isn't there. Expected it beside the model in ${files.label}.`,
      'Put both files into one folder, under the names that they were exported with.',
      { cause: error },
    )
  })
}

function checkedRange(
  tensor: ExternalTensor,
  name: string,
  size: number,
): { readonly from: number; readonly to: number } {
  const { offset, length } = tensor.data
  const expected = elementCount(tensor.shape) * bytesPerElement(tensor.type)
  if ((length === undefined || length === expected) && offset + expected <= size)
    return { from: offset, to: offset + expected }
  throw new FormatError(
    `Tensor "${tensor.name}" of shape [${tensor.shape.join(', ')}] needs ${expected} bytes at ${offset} of "${name}", which has ${length !== undefined && length !== expected ? `${length} for it` : size}. Expected them all.`,
    'Download or export the file again.',
  )
}
