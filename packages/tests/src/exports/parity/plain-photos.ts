import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import sharp from 'sharp'

/** Shorter side from which Graft reduces a photo while it decodes it, for networks of 224 pixels. */
const large = 1536

/**
 * Copies a folder's JPEG photos so that Graft and Pillow read the same pixels: without colour profiles, which Pillow
 * leaves alone and Graft applies, and without the few photos that Graft reduces while decoding.
 */
export async function copyPlainPhotos(from: string, to: string): Promise<void> {
  const names = readdirSync(from, { recursive: true, encoding: 'utf8' }).filter((name) => /\.jpe?g$/i.test(name))
  for (const name of names) {
    const bytes = readFileSync(join(from, name))
    const { width, height } = await sharp(bytes).metadata()
    if (Math.min(width, height) > large) continue
    mkdirSync(dirname(join(to, name)), { recursive: true })
    writeFileSync(join(to, name), withoutProfile(bytes))
  }
}

/** A JPEG file without its ICC segments; what is coded stays byte for byte. */
export function withoutProfile(bytes: Buffer): Buffer {
  const kept = [bytes.subarray(0, 2)]
  let at = 2
  // Segments have a length up to the start of the scan.
  while (bytes[at] === 0xff && bytes[at + 1] !== 0xda) {
    const end = at + 2 + bytes.readUInt16BE(at + 2)
    const isProfile = bytes[at + 1] === 0xe2 && bytes.toString('latin1', at + 4, at + 15) === 'ICC_PROFILE'
    if (!isProfile) kept.push(bytes.subarray(at, end))
    at = end
  }
  return Buffer.concat([...kept, bytes.subarray(at)])
}
