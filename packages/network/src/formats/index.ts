import {
  FormatError,
  type LoadedNetwork,
  type ModelFiles,
  type NetworkReader,
  type NetworkWriter,
} from '../weight-format.js'
import { validateNetwork } from '../validate-network.js'
import { onnxReader, onnxWriter } from './onnx/index.js'
import { safetensorsWriter } from './safetensors/index.js'
import { tfjsLayersReader } from './tfjs-layers/index.js'

/** Every format that can be read, in the order in which they are tried. */
export const networkReaders: readonly NetworkReader[] = [tfjsLayersReader, onnxReader]

/** Every format that can be written. */
export const networkWriters: readonly NetworkWriter[] = [onnxWriter, safetensorsWriter]

/**
 * Reads a network with its weights from files, with the first reader that recognises them.
 * @throws FormatError when no reader does, or when the one that does can't represent what it finds
 */
export async function readNetwork(files: ModelFiles): Promise<LoadedNetwork> {
  for (const reader of networkReaders) {
    if (!(await reader.recognises(files))) continue
    const loaded = await reader.read(files)
    validateNetwork(loaded.network)
    return loaded
  }
  const found = files.names.length ? `It holds ${listShortly(files.names)}.` : 'It holds no files.'
  throw new FormatError(
    `${files.label} is not a network in a known format. ${found} Expected one of: ${networkReaders.map((reader) => reader.title).join(', ')}.`,
    'Give a file or directory in one of these formats, or convert it first.',
  )
}

function listShortly(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(', ')
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown
}
