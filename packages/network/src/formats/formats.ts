import type { Format } from './format.js'
import { onnxFormat } from './onnx/format.js'
import { pytorchFormat } from './pytorch/format.js'
import { safetensorsFormat } from './safetensors/format.js'
import { tfjsLayersFormat } from './tfjs-layers/format.js'

/** Every format that is read or written, in the order in which a folder is looked through for them. */
export const formats: readonly Format[] = [tfjsLayersFormat, onnxFormat, safetensorsFormat, pytorchFormat]

/** A format that Graft writes. */
export type WritableFormat = Format & Required<Pick<Format, 'writer'>>

/** Formats that Export Model offers; its first choice first. */
export const writableFormats: readonly WritableFormat[] = formats.filter(
  (format): format is WritableFormat => format.writer !== undefined,
)
