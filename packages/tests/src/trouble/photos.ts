import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRandom, deriveSeed } from '@graft/network'

const side = 24
const perClass = 10
const classes = ['dark', 'light'] as const
/** Images of which there are two, in one folder after the other under the same name. */
export const changing = 2

/**
 * A folder of images, some of which change: bit n of `mask` says which of its two images the n-th changing name holds.
 * All files have the same size, so that size never tells.
 */
export class Photos {
  mask = 0

  constructor(readonly folder: string) {
    for (const name of classes) {
      mkdirSync(join(folder, name), { recursive: true })
      for (let index = 0; index < perClass; index++) writeFileSync(this.path(name, index), bitmap(name, index, 0))
    }
  }

  /** Puts the other image under the n-th changing name, as a person does: another file takes the place of the first. */
  toggle(which: number): void {
    this.mask ^= 1 << which
    const [name, index] = [classes[which % 2] ?? 'dark', which]
    const beside = `${this.path(name, index)}.new`
    writeFileSync(beside, bitmap(name, index, (this.mask >> which) & 1))
    renameSync(beside, this.path(name, index))
  }

  private path(name: string, index: number): string {
    return join(this.folder, name, `${index}.bmp`)
  }
}

/** An uncompressed image with 24 bits per pixel: noise around a brightness. */
function bitmap(name: (typeof classes)[number], index: number, variant: number): Uint8Array {
  const random = createRandom(deriveSeed(7, `${name} ${index} ${variant}`))
  const bytes = Buffer.alloc(54 + 3 * side * side)
  bytes.write('BM')
  bytes.writeUInt32LE(bytes.length, 2)
  bytes.writeUInt32LE(54, 10)
  bytes.writeUInt32LE(40, 14)
  bytes.writeInt32LE(side, 18)
  bytes.writeInt32LE(side, 22)
  bytes.writeUInt16LE(1, 26)
  bytes.writeUInt16LE(24, 28)
  bytes.writeUInt32LE(3 * side * side, 34)
  const middle = name === 'dark' ? 90 : 160
  for (let at = 54; at < bytes.length; at++) bytes[at] = Math.round(middle + 80 * (random() - 0.5))
  return bytes
}
