import { z } from 'zod'
import type { TensorData, Tensors } from '../../network.js'
import { FormatError } from '../../weight-format.js'
import { elementTypes } from './element-types.js'

/** An opened safetensors file: its header is checked, values are decoded when asked for. */
export interface SafetensorsFile {
  readonly shapes: ReadonlyMap<string, readonly number[]>
  readonly metadata: Readonly<Record<string, string>>
  /** Decodes one tensor to float32; throws FormatError when there is no such tensor. */
  read(name: string): TensorData
}

/** The limit of the reference implementation. */
const maximumHeaderBytes = 100_000_000

const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER)
const entrySchema = z.strictObject({
  dtype: z.string(),
  shape: z.array(count).max(32),
  data_offsets: z.tuple([count, count]),
})
const metadataSchema = z.record(z.string(), z.string())

type Entry = z.infer<typeof entrySchema>

/**
 * Opens a safetensors file (https://github.com/huggingface/safetensors, "Format"): F32, F16, BF16, F64 and I64 tensors,
 * all given as float32. Every length and offset is checked against the file before use; tensors must cover the data
 * exactly, without gaps or overlaps.
 * @throws FormatError saying what is wrong
 */
export function openSafetensors(bytes: Uint8Array): SafetensorsFile {
  const { header, data } = splitHeader(bytes)
  const { __metadata__: rawMetadata, ...rest } = header
  const metadata = metadataSchema.safeParse(rawMetadata ?? {})
  if (!metadata.success) throw damaged('its __metadata__ is not a map from text to text')
  const entries = new Map(Object.entries(rest).map(([name, value]) => [name, parseEntry(name, value)]))
  checkEntries(entries, data.length)
  return {
    shapes: new Map([...entries].map(([name, entry]) => [name, entry.shape])),
    metadata: metadata.data,
    read: (name) => decode(name, entries.get(name), data),
  }
}

/** Reads a whole safetensors file into float32 tensors, see {@link openSafetensors}. */
export function readSafetensors(bytes: Uint8Array): { tensors: Tensors; metadata: Readonly<Record<string, string>> } {
  const file = openSafetensors(bytes)
  return { tensors: new Map([...file.shapes.keys()].map((name) => [name, file.read(name)])), metadata: file.metadata }
}

function splitHeader(bytes: Uint8Array): { header: Record<string, unknown>; data: Uint8Array } {
  if (bytes.length < 8) throw damaged(`it has ${bytes.length} bytes, too few for the header's length`)
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0, true)
  if (length > BigInt(maximumHeaderBytes))
    throw damaged(`its header claims ${length} bytes; ${maximumHeaderBytes} is the limit`)
  const end = 8 + Number(length)
  if (end > bytes.length)
    throw damaged(`its header claims ${length} bytes, but only ${bytes.length - 8} follow: the file is cut off`)
  return { header: parseHeader(bytes.subarray(8, end)), data: bytes.subarray(end) }
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw damaged('its header is not JSON text')
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    throw damaged('its header is not a JSON object')
  return header as Record<string, unknown>
}

function parseEntry(name: string, value: unknown): Entry {
  const entry = entrySchema.safeParse(value)
  if (entry.success) return entry.data
  throw damaged(
    `tensor ${name} is described wrongly (${entry.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')})`,
  )
}

function checkEntries(entries: ReadonlyMap<string, Entry>, dataBytes: number): void {
  for (const [name, entry] of entries) checkEntry(name, entry, dataBytes)
  let position = 0
  for (const [name, entry] of [...entries].sort(
    ([, left], [, right]) =>
      left.data_offsets[0] - right.data_offsets[0] || left.data_offsets[1] - right.data_offsets[1],
  )) {
    const [begin, end] = entry.data_offsets
    if (begin < position) throw damaged(`tensor ${name} overlaps another one`)
    if (begin > position) throw damaged(`${begin - position} bytes before tensor ${name} belong to no tensor`)
    position = end
  }
  if (position !== dataBytes) throw damaged(`${dataBytes - position} bytes at its end belong to no tensor`)
}

function checkEntry(name: string, { dtype, shape, data_offsets: [begin, end] }: Entry, dataBytes: number): void {
  const elementType = Object.hasOwn(elementTypes, dtype) ? elementTypes[dtype] : undefined
  if (!elementType) {
    throw new FormatError(
      `Tensor ${name} has element type ${dtype}, which can't be read. Expected one of ${Object.keys(elementTypes).join(', ')}.`,
      'Convert the file to float32 first.',
    )
  }
  if (begin > end || end > dataBytes) throw damaged(`tensor ${name} claims bytes ${begin} to ${end} of ${dataBytes}`)
  const expected = shape.reduce((product, size) => product * size, elementType.bytes)
  if (expected !== end - begin)
    throw damaged(
      `tensor ${name} of shape [${shape.join(', ')}] needs ${expected} bytes as ${dtype}, but has ${end - begin}`,
    )
}

function decode(name: string, entry: Entry | undefined, data: Uint8Array): TensorData {
  const elementType = entry && elementTypes[entry.dtype]
  if (!elementType)
    throw new FormatError(`The safetensors file has no tensor ${name}.`, 'Check that it belongs to this network.')
  return { shape: entry.shape, data: elementType.decode(data.subarray(...entry.data_offsets)) }
}

function damaged(problem: string): FormatError {
  return new FormatError(
    `The safetensors file can't be read: ${problem}. It is damaged or not a safetensors file.`,
    'Download or export it again.',
  )
}
