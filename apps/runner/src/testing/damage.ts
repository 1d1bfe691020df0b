import { statSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'

/** Random damage that a disk, or somebody, does to a file: one bit turned over, an end cut off, everything gone. */
export function damageFile(file: string, random: () => number, keepTimes = true): string {
  const bytes = readFileSync(file)
  const { atime, mtime } = statSync(file)
  const kind = bytes.byteLength === 0 ? 2 : Math.floor(random() * 3)
  const at = Math.floor(random() * bytes.byteLength)
  if (kind === 0) bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8))
  writeFileSync(file, kind === 0 ? bytes : kind === 1 ? bytes.subarray(0, at) : '')
  if (keepTimes) utimesSync(file, atime, mtime)
  return kind === 0 ? `a bit of byte ${at} turned over` : kind === 1 ? `cut off after ${at} bytes` : 'emptied'
}
