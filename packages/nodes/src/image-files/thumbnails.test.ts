import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { contactSheet } from './contact-sheet.js'
import { renderThumbnail, thumbnailImage } from './thumbnails.js'

const sample = {
  id: 'x',
  generated: { family: 'source', classIndex: 0, index: 0, seed: 1, size: 64 },
  label: 0,
  fingerprint: 'x',
}

it('gives a small square JPEG', async () => {
  expect(await sharp(await renderThumbnail(sample, 40)).metadata()).toMatchObject({
    format: 'jpeg',
    width: 40,
    height: 40,
  })
})

it('lays images out in rows, short rows too', async () => {
  const image = await thumbnailImage(sample, 20)
  expect(await sharp(await contactSheet([[image, image, image], [image]])).metadata()).toMatchObject({
    width: 3 * 24 + 4,
    height: 2 * 24 + 4,
  })
})

it('shows all of an image where it is to be looked at, and never enlarges it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'graft-large-'))
  const path = join(folder, 'wide.png')
  await sharp({ create: { width: 1800, height: 600, channels: 3, background: '#a04020' } }).toFile(path)
  const sizeAt = async (size: number): Promise<readonly unknown[]> => {
    const { width, height } = await sharp(
      await renderThumbnail({ id: 'x', path, label: 0, fingerprint: 'x' }, size),
    ).metadata()
    return [width, height]
  }
  expect(await sizeAt(900)).toEqual([900, 300])
  expect(await sizeAt(1024)).toEqual([1024, 341])
  expect(await sizeAt(512)).toEqual([512, 512])
  await rm(folder, { recursive: true })
})
