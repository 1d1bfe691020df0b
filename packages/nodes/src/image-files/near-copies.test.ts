import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Sample } from '@graft/graph-schema'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renderThumbnail } from './thumbnails.js'
import { findNearCopies, lookOf } from './near-copies.js'

const folder = mkdtempSync(join(tmpdir(), 'graft-near-'))
const drawn = (index: number): Sample => ({
  id: `drawn/${index}`,
  label: 0,
  fingerprint: String(index),
  generated: { family: 'similar', classIndex: index % 4, index, seed: 1, size: 128 },
})
const inFile = (name: string): Sample => ({ id: name, label: 0, fingerprint: name, path: join(folder, name) })

describe('near copies', () => {
  beforeAll(async () => {
    const original = await renderThumbnail(drawn(3), 128)
    const from = sharp(original)
    await from.clone().jpeg({ quality: 40 }).toFile(join(folder, 'again.jpg'))
    await from.clone().resize(70).png().toFile(join(folder, 'smaller.png'))
    await from.clone().rotate(90).flop().jpeg().toFile(join(folder, 'turned.jpg'))
    await sharp({ create: { width: 80, height: 80, channels: 3, background: '#aa8844' } }).toFile(
      join(folder, 'plain.png'),
    )
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('are found where an image was written again, made smaller, turned or mirrored, and only there', async () => {
    const samples = [drawn(3), drawn(13), drawn(4), ...['again.jpg', 'smaller.png', 'turned.jpg'].map(inFile)]
    const looks = await Promise.all(samples.map(lookOf))
    const pairs = findNearCopies(looks, () => true).map(({ one, other }) => [one, other])
    expect(pairs.filter(([one]) => one === 0)).toEqual([
      [0, 3],
      [0, 4],
      [0, 5],
    ])
    expect(pairs.flat().filter((index) => index === 1 || index === 2)).toEqual([])
    expect(findNearCopies(looks, (one) => one !== 0 && one < 3)).toEqual([])
  })

  it('are not told of images that show nothing, or can’t be read', async () => {
    expect(await lookOf(inFile('plain.png'))).toBeNull()
    expect(await lookOf(inFile('nowhere.png'))).toBeNull()
  })
})
