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
