/**
 * Faults of a machine, put into a process of Graft and all its children by Node's own `--import`, so that they need no
 * rights and no tools.
 */
export interface Injected {
  /** The clock jumps by so many milliseconds, a while after a process has begun. */
  readonly clock?: { readonly by: number; readonly after: number }
  /** Every process can write so many bytes into files; then the disk is full. */
  readonly diskLeft?: number
}

/** Variables for a process that is to have these faults. */
export function environmentOf({ clock, diskLeft }: Injected): Readonly<Record<string, string>> {
  const parts = [
    ...(clock ? [clockText(clock.by, clock.after)] : []),
    ...(diskLeft === undefined ? [] : [diskText(diskLeft)]),
  ]
  if (parts.length === 0) return {}
  return { NODE_OPTIONS: parts.map((text) => `--import=data:text/javascript,${encodeURIComponent(text)}`).join(' ') }
}

const clockText = (by: number, after: number): string => `
const Real = Date, now = Real.now, jumpsAt = performance.now() + ${after}
const shift = () => (performance.now() >= jumpsAt ? ${by} : 0)
globalThis.Date = class Date extends Real {
  constructor(...given) { if (given.length > 0) super(...given); else super(now() + shift()) }
  static now() { return now() + shift() }
}`

const diskText = (left: number): string => `
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
let left = ${left}
const take = (data) => {
  left -= typeof data === 'string' ? Buffer.byteLength(data) : (data?.byteLength ?? 0)
  if (left < 0) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', errno: -28, syscall: 'write' })
}
const { writeFile, open } = fs.promises, writeNow = fs.writeFileSync
fs.promises.writeFile = async (path, data, more) => { take(data); return writeFile(path, data, more) }
fs.writeFileSync = (path, data, more) => { take(data); return writeNow(path, data, more) }
fs.promises.open = async (...given) => {
  const file = await open(...given)
  const [write, writeAll] = [file.write.bind(file), file.writeFile.bind(file)]
  file.write = async (data, ...more) => { take(data); return write(data, ...more) }
  file.writeFile = async (data, more) => { take(data); return writeAll(data, more) }
  return file
}
syncBuiltinESMExports()`
