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
  for (const { path, type, content } of entries) {
    if (type === '5') continue
    if (type !== '0' && type !== '\0') throw refuse(`"${path}" is a link or a device; only files were expected`)
    const inner = path.split('/').slice(1)
    if (
      inner.length === 0 ||
      inner.some((part) => part === '' || part === '.' || part === '..' || /[\\\0:]/.test(part))
    )
      throw refuse(`"${path}" is not a path inside a package`)
    const target = join(folder, ...inner)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, content)
  }
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
