import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { PluginError } from '../plugin-error.js'

const block = 512
const maximalBytes = 512 * 2 ** 20
const maximalFiles = 20_000

interface Entry {
  readonly path: string
  readonly type: string
  readonly content: Uint8Array
}

/**
 * Unpacks an npm tarball (gzipped POSIX tar; the first folder of every path is dropped, as npm does). Refuses paths
 * that lead out, links, and archives that unpack to more than a plugin may be. Throws PluginError.
 */
export async function extractTarball(bytes: Uint8Array, folder: string, name: string): Promise<void> {
  const refuse = (why: string): PluginError =>
    new PluginError('plugin-tarball', `${name} can't be unpacked: ${why}.`, 'Pack the plugin again with `npm pack`.')
  const entries = [...readEntries(unzip(bytes, refuse), refuse)]
  if (entries.length > maximalFiles) throw refuse(`it holds more than ${maximalFiles} files`)
  const files = entries.filter(({ type }) => type !== '5').map((entry) => placed(entry, refuse))
  refuseClashes(files, refuse)
  for (const { parts, content } of files) {
    const target = join(folder, ...parts)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, content)
  }
}

interface Placed {
  /** Folders and name inside the package. */
  readonly parts: readonly string[]
  readonly content: Uint8Array
}

function placed({ path, type, content }: Entry, refuse: Refuse): Placed {
  if (type !== '0' && type !== '\0') throw refuse(`"${path}" is a link or a device; only files were expected`)
  const parts = path.split('/').slice(1)
  if (parts.length === 0 || parts.some((part) => part === '' || part === '.' || part === '..' || /[\\\0:]/.test(part)))
    throw refuse(`"${path}" is not a path inside a package`)
  return { parts, content }
}

/**
 * Two files of one name, or a file and a folder: which one a plugin consists of would depend on the system. Letters
 * with accents have two spellings, which some systems tell apart, and capitals others don't.
 */
function refuseClashes(files: readonly Placed[], refuse: Refuse): void {
  const keyOf = (parts: readonly string[]): string => parts.join('/').normalize('NFC').toLowerCase()
  const names = new Set<string>()
  for (const { parts } of files) {
    if (names.has(keyOf(parts))) throw refuse(`it holds two files called "${parts.join('/')}" on some systems`)
    names.add(keyOf(parts))
  }
  for (const { parts } of files)
    for (let depth = 1; depth < parts.length; depth++)
      if (names.has(keyOf(parts.slice(0, depth))))
        throw refuse(`"${parts.slice(0, depth).join('/')}" is both a file and a folder in it`)
}

type Refuse = (why: string) => PluginError

function unzip(bytes: Uint8Array, refuse: Refuse): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: maximalBytes })
  } catch (error) {
    throw refuse(
      error instanceof RangeError
        ? `it unpacks to more than ${maximalBytes / 2 ** 20} MB`
        : 'it is not a gzipped tar archive',
    )
  }
}

function* readEntries(tar: Uint8Array, refuse: Refuse): Generator<Entry, void, void> {
  let longPath: string | null = null
  for (let at = 0; at + block <= tar.byteLength; ) {
    const header = tar.subarray(at, at + block)
    if (header.every((byte) => byte === 0)) return
    const size = parseInt(text(header, 124, 12).trim() || '0', 8)
    if (!hasChecksum(header) || !Number.isInteger(size) || at + block + size > tar.byteLength)
      throw refuse('it is damaged')
    const content = tar.subarray(at + block, at + block + size)
    const type = String.fromCharCode(header[156] ?? 0)
    const prefix = text(header, 345, 155)
    const path: string = longPath ?? (prefix === '' ? text(header, 0, 100) : `${prefix}/${text(header, 0, 100)}`)
    at += block + Math.ceil(size / block) * block
    longPath = null
    if (type === 'x') longPath = paxPath(new TextDecoder().decode(content))
    else if (type === 'L') longPath = text(content, 0, content.byteLength)
    else if (type !== 'g') yield { path, type, content }
  }
}

function text(bytes: Uint8Array, from: number, length: number): string {
  const part = bytes.subarray(from, from + length)
  const end = part.indexOf(0)
  return new TextDecoder().decode(end < 0 ? part : part.subarray(0, end))
}

/** The sum of a header's bytes, its own field counted as blanks. */
function hasChecksum(header: Uint8Array): boolean {
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0)
  return sum === parseInt(text(header, 148, 8).trim(), 8)
}

/** Records of a pax header are `LENGTH key=value\n`. */
function paxPath(records: string): string | null {
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(records)?.[1] ?? null
}
