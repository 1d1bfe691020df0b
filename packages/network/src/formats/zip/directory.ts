import { FormatError } from '../../weight-format.js'
import type { ModelFiles } from '../model-files.js'

/** An entry of a zip, by its place in the file. */
export interface ZipEntry {
  readonly name: string
  /** 0: stored; 8: deflated. */
  readonly method: number
  /** Unpacked. */
  readonly bytes: number
  /** In the file. */
  readonly packed: number
  /** Where its local header begins. */
  readonly header: number
}

const endBytes = 22
const longestComment = 65_535
/** A directory of more bytes than this is refused: half a million entries. */
const largestDirectory = 64 * 1024 * 1024
const signatures = { end: 0x06054b50, end64: 0x06064b50, locator64: 0x07064b50, entry: 0x02014b50, local: 0x04034b50 }

/**
 * The entries of a zip by name, from its central directory (also of files over 4 GB); nothing is unpacked.
 * @throws FormatError when the directory is damaged or larger than can be
 */
export async function zipDirectory(files: ModelFiles, name: string): Promise<ReadonlyMap<string, ZipEntry>> {
  const size = await files.size(name)
  const from = Math.max(0, size - endBytes - longestComment)
  const tail = viewOf(await files.range(name, from, size))
  let end = tail.byteLength - endBytes
  while (end >= 0 && tail.getUint32(end, true) !== signatures.end) end--
  if (end < 0) throw damaged('it is cut off, its end with the directory is missing')
  let offset = tail.getUint32(end + 16, true)
  let length = tail.getUint32(end + 12, true)
  const locator = end - 20
  if (locator >= 0 && tail.getUint32(locator, true) === signatures.locator64) {
    const at = safe(tail.getBigUint64(locator + 8, true))
    if (at + 56 > size) throw damaged('its directory is said to be behind its end')
    const record = viewOf(await files.range(name, at, at + 56))
    if (record.getUint32(0, true) !== signatures.end64) throw damaged('its directory is not where it is said to be')
    length = safe(record.getBigUint64(40, true))
    offset = safe(record.getBigUint64(48, true))
  }
  if (length > largestDirectory || offset + length > size)
    throw damaged(`its directory claims bytes ${offset} to ${offset + length} of ${size}`)
  return entriesOf(viewOf(await files.range(name, offset, offset + length)), size)
}

function entriesOf(view: DataView, fileBytes: number): Map<string, ZipEntry> {
  const entries = new Map<string, ZipEntry>()
  let at = 0
  while (at + 46 <= view.byteLength && view.getUint32(at, true) === signatures.entry) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [
      number,
      number,
      number,
    ]
    const next = at + 46 + nameLength + extraLength + commentLength
    if (next > view.byteLength) throw damaged('an entry of its directory is cut off')
    const name = new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at + 46, nameLength))
    const entry = { name, method: view.getUint16(at + 10, true), ...placeOf(view, at, nameLength, extraLength) }
    if (entry.header + 30 + (entry.method === 0 ? entry.bytes : 0) > fileBytes)
      throw damaged(`its entry ${name} claims ${entry.bytes} bytes from byte ${entry.header} on`)
    entries.set(name, entry)
    at = next
  }
  return entries
}

/** Size and place of an entry; where 32 bits are too few, they stand in its zip64 field. */
function placeOf(
  view: DataView,
  at: number,
  nameLength: number,
  extraLength: number,
): Pick<ZipEntry, 'bytes' | 'packed' | 'header'> {
  let [packed, bytes, header] = [20, 24, 42].map((field) => view.getUint32(at + field, true)) as [
    number,
    number,
    number,
  ]
  let extra = at + 46 + nameLength
  const extraEnd = extra + extraLength
  while (extra + 4 <= extraEnd) {
    const [id, length] = [view.getUint16(extra, true), view.getUint16(extra + 2, true)]
    if (id === 1) {
      let field = extra + 4
      const long = (value: number): number => {
        if (value !== 0xffffffff) return value
        if (field + 8 > Math.min(extraEnd, extra + 4 + length)) throw damaged('a zip64 field of it is cut off')
        field += 8
        return safe(view.getBigUint64(field - 8, true))
      }
      ;[bytes, packed, header] = [long(bytes), long(packed), long(header)]
    }
    extra += 4 + length
  }
  return { bytes, packed, header }
}

/** From where to where the bytes of an entry lie in the file. Throws FormatError when its header is damaged. */
export async function placeOfEntry(
  files: ModelFiles,
  file: string,
  entry: ZipEntry,
): Promise<{ readonly start: number; readonly end: number }> {
  const header = viewOf(await files.range(file, entry.header, entry.header + 30))
  if (header.getUint32(0, true) !== signatures.local)
    throw damaged(`its entry ${entry.name} is not where it is said to be`)
  const start = entry.header + 30 + header.getUint16(26, true) + header.getUint16(28, true)
  const end = start + entry.packed
  if (end > (await files.size(file))) throw damaged(`its entry ${entry.name} ends behind the file`)
  return { start, end }
}

/** Where the bytes of a stored entry begin. Throws FormatError when it is compressed. */
export async function dataStart(files: ModelFiles, file: string, entry: ZipEntry): Promise<number> {
  if (entry.method !== 0)
    throw new FormatError(
      `The entry ${entry.name} of ${file} is compressed, which PyTorch doesn't do. The file was packed again by another program.`,
      'Load it in Python and save it again with torch.save.',
    )
  const { start } = await placeOfEntry(files, file, entry)
  if (start + entry.bytes > (await files.size(file))) throw damaged(`its entry ${entry.name} ends behind the file`)
  return start
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

function safe(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged(`it claims ${value} bytes`)
  return Number(value)
}

const damaged = (problem: string): FormatError =>
  new FormatError(
    `The file is a zip archive, as .pth and .keras files are, and can't be read: ${problem}. It is damaged.`,
    'Download or save it again.',
  )
