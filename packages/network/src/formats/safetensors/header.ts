import { z } from 'zod'
import { FormatError } from '../../weight-format.js'
import { elementTypes } from './element-types.js'
import { describeIssues } from '../support/describe-issues.js'

/** The limit of the reference implementation. */
const maximumHeaderBytes = 100_000_000

/** The header's length is said by this many bytes before it. */
export const lengthBytes = 8

const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER)
const entrySchema = z.strictObject({
  dtype: z.string(),
  shape: z.array(count).max(32),
  data_offsets: z.tuple([count, count]),
})
const metadataSchema = z.record(z.string(), z.string())

/** Where a tensor's bytes are behind the header, and what they mean. */
export type Entry = z.infer<typeof entrySchema>

export interface Header {
  readonly entries: ReadonlyMap<string, Entry>
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * The end of the header in the file, from its first bytes.
 * @param fileBytes size of the whole file
 * @throws FormatError when the header can't be that long
 */
export function headerEnd(first: Uint8Array, fileBytes: number): number {
  if (first.length < lengthBytes) throw damaged(`it has ${first.length} bytes, too few for the header's length`)
  const length = new DataView(first.buffer, first.byteOffset, first.byteLength).getBigUint64(0, true)
  if (length > BigInt(maximumHeaderBytes))
    throw damaged(`its header claims ${length} bytes; ${maximumHeaderBytes} is the limit`)
  const end = lengthBytes + Number(length)
  if (end > fileBytes)
    throw damaged(`its header claims ${length} bytes, but only ${fileBytes - lengthBytes} follow: the file is cut off`)
  return end
}

/**
 * Reads the header's text. Every length and offset is checked; tensors must cover the data exactly, without gaps or
 * overlaps.
 * @param dataBytes how many bytes follow the header
 * @throws FormatError saying what is wrong
 */
export function parseHeader(text: Uint8Array, dataBytes: number): Header {
  const { __metadata__: rawMetadata, ...rest } = parseText(text)
  const metadata = metadataSchema.safeParse(rawMetadata ?? {})
  if (!metadata.success) throw damaged('its __metadata__ is not a map from text to text')
  const entries = new Map(Object.entries(rest).map(([name, value]) => [name, parseEntry(name, value)]))
  checkEntries(entries, dataBytes)
  return { entries, metadata: metadata.data }
}

function parseText(bytes: Uint8Array): Record<string, unknown> {
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
  throw damaged(`tensor ${name} is described wrongly (${describeIssues(entry.error)})`)
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

function damaged(problem: string): FormatError {
  return new FormatError(
    `The safetensors file can't be read: ${problem}. It is damaged or not a safetensors file.`,
    'Download or export it again.',
  )
}
