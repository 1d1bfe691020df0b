import { must } from '@graft/errors'
import type { TensorData, Tensors } from '../../network.js'
import { FormatError } from '../../weight-format.js'
import type { WeightsFile } from '../format.js'
import type { ModelFiles } from '../model-files.js'
import { elementTypes } from './element-types.js'
import { type Entry, type Header, headerEnd, lengthBytes, parseHeader } from './header.js'

/** An opened safetensors file in memory: its header is checked, values are decoded when asked for. */
export interface SafetensorsFile {
  readonly shapes: ReadonlyMap<string, readonly number[]>
  readonly metadata: Readonly<Record<string, string>>
  /** Decodes one tensor to float32; throws FormatError when there is no such tensor. */
  read(name: string): TensorData
}

/**
 * Opens a safetensors file (https://github.com/huggingface/safetensors, "Format"): F32, F16, BF16, F64 and I64 tensors,
 * all given as float32. Every length and offset is checked against the file before use; tensors must cover the data
 * exactly, without gaps or overlaps.
 * @throws FormatError saying what is wrong
 */
export function openSafetensors(bytes: Uint8Array): SafetensorsFile {
  const end = headerEnd(bytes.subarray(0, lengthBytes), bytes.length)
  const header = parseHeader(bytes.subarray(lengthBytes, end), bytes.length - end)
  const data = bytes.subarray(end)
  return {
    ...factsOf(header),
    read: (name) => {
      const entry = entryOf(name, header)
      return decode(entry, data.subarray(...entry.data_offsets))
    },
  }
}

/** The same for a file of a model: header and tensors are read by their ranges, when they are asked for. */
export async function openSafetensorsFile(files: ModelFiles, name: string): Promise<WeightsFile> {
  const size = await files.size(name)
  const end = headerEnd(await files.head(name, lengthBytes), size)
  const header = parseHeader(await files.range(name, lengthBytes, end), size - end)
  return {
    ...factsOf(header),
    read: async (tensor) => {
      const entry = entryOf(tensor, header)
      const [from, to] = entry.data_offsets
      return decode(entry, await files.range(name, end + from, end + to))
    },
  }
}

/** What a whole safetensors file holds. */
export interface SafetensorsContents {
  readonly tensors: Tensors
  readonly metadata: Readonly<Record<string, string>>
}

/** Reads a whole safetensors file into float32 tensors, see {@link openSafetensors}. */
export function readSafetensors(bytes: Uint8Array): SafetensorsContents {
  const file = openSafetensors(bytes)
  return { tensors: new Map([...file.shapes.keys()].map((name) => [name, file.read(name)])), metadata: file.metadata }
}

const factsOf = ({ entries, metadata }: Header): Pick<SafetensorsFile, 'shapes' | 'metadata'> => ({
  shapes: new Map([...entries].map(([name, entry]) => [name, entry.shape])),
  metadata,
})

function entryOf(name: string, { entries }: Header): Entry {
  const entry = entries.get(name)
  if (entry) return entry
  throw new FormatError(`The safetensors file has no tensor ${name}.`, 'Check that it belongs to this network.')
}

function decode({ dtype, shape }: Entry, bytes: Uint8Array): TensorData {
  return { shape, data: must(elementTypes[dtype], `the element type ${dtype}`).decode(bytes) }
}
