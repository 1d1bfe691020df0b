import type { Format, FormatWriter } from './format.js'
import { kerasArchiveFormat } from './keras-archive/format.js'
import { kerasH5Format } from './keras-h5/format.js'
import { onnxFormat } from './onnx/format.js'
import { pytorchFormat } from './pytorch/format.js'
import { safetensorsFormat } from './safetensors/format.js'
import { tfjsLayersFormat } from './tfjs-layers/format.js'

/** Every format that is read or written, in the order in which a folder is looked through for them. */
export const formats: readonly Format[] = [
  tfjsLayersFormat,
  kerasArchiveFormat,
  kerasH5Format,
  onnxFormat,
  safetensorsFormat,
  pytorchFormat,
]

/** Every way to write a network, Export Model's first choice first: the format that everything runs. */
export const writers: readonly FormatWriter[] = formats
  .toSorted((one, other) => Number(other === onnxFormat) - Number(one === onnxFormat))
  .flatMap((format) => format.writers ?? [])
