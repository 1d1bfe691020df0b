import { encodeJpeg } from './thumbnails.js'
import type { Image } from '../image/image.js'

const gap = 4
const paper = 236

/**
 * Rows of equally large images on one sheet, as JPEG; short rows end early. Throws a RangeError when there is no
 * image.
 */
export async function contactSheet(rows: readonly (readonly Image[])[]): Promise<Uint8Array> {
  const first = rows.flat()[0]
  if (first === undefined) throw new RangeError('A contact sheet needs at least one image.')
  const columns = Math.max(...rows.map((row) => row.length))
  const width = columns * (first.width + gap) + gap
  const height = rows.length * (first.height + gap) + gap
  const data = new Uint8Array(width * height * 3).fill(paper)
  rows.forEach((row, rowIndex) =>
    row.forEach((image, column) => {
      const left = gap + column * (first.width + gap)
      const top = gap + rowIndex * (first.height + gap)
      for (let y = 0; y < image.height; y++) {
        data.set(image.data.subarray(y * image.width * 3, (y + 1) * image.width * 3), ((top + y) * width + left) * 3)
      }
    }),
  )
  return encodeJpeg({ width, height, data })
}
