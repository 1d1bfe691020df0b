import type { NetworkFormat } from '../format.js'
import { externalFiles, resolveExternalData } from './external-data.js'
import { networkOfOnnx } from './network-of-onnx.js'
import { readOnnxModel } from './read-model.js'
import { halfOnnx } from './writers/half.js'
import { int8Onnx } from './writers/int8.js'
import { plainOnnx } from './writers/plain.js'
import { onnxForImages } from './writers/for-images.js'

/**
 * ONNX models: the `.onnx` file and, where its weights are kept beside it, those files. Written ones run in any ONNX
 * runtime and read back exactly; see `encodeOnnxClassifier`.
 */
export const onnxFormat: NetworkFormat = {
  id: 'onnx',
  title: 'ONNX model',
  kind: 'network',
  extensions: ['.onnx'],
  nameTells: true,
  recognises: beginsLikeOnnx,
  parts: async (files, name) => [name, ...externalFiles(await readOnnxModel(files, name), name)],
  read: async (files, name) =>
    networkOfOnnx(await resolveExternalData(await readOnnxModel(files, name), files, name), files.label, name),
  writers: [plainOnnx, onnxForImages, halfOnnx, int8Onnx],
}

/** Fields of a model that may follow its first one, the version: producer, domain, model version, text, graph, opsets. */
const secondFields = [0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42]

/** Writers begin with the version of the format (field 1, a number from 3 to 31). */
function beginsLikeOnnx([tag, version = 0, next = 0]: Uint8Array): boolean {
  return tag === 0x08 && version >= 3 && version < 32 && secondFields.includes(next)
}
