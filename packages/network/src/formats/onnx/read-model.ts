import type { ModelFiles } from '../model-files.js'
import { decodeOnnxModel } from './decode-model.js'
import type { OnnxModel } from './onnx-model.js'
import { slimModel } from './slim-model.js'

/**
 * Decodes the structure of an ONNX file. Large weights stay in the file, as external data of the file itself (see
 * `resolveExternalData`), so that they are read once, each into memory of its own. Throws FormatError like
 * `decodeOnnxModel`.
 */
export async function readOnnxModel(files: ModelFiles, name: string): Promise<OnnxModel> {
  const ownName = name.slice(name.lastIndexOf('/') + 1)
  return decodeOnnxModel((await slimModel(files, name, ownName)) ?? (await files.read(name)))
}
