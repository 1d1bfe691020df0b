import { encodeJpeg } from './thumbnails.js'
import type { Picture } from './picture.js'

const gap = 4
const paper = 236

/**
 * Rows of equally large pictures on one sheet, as JPEG; short rows end early. Throws a RangeError when there is no
 * picture.
 */
export async function contactSheet(rows: readonly (readonly Picture[])[]): Promise<Uint8Array> {
  const first = rows.flat()[0]
  if (first === undefined) throw new RangeError('A contact sheet needs at least one picture.')
  const columns = Math.max(...rows.map((row) => row.length))
  const width = columns * (first.width + gap) + gap
  const height = rows.length * (first.height + gap) + gap
  const data = new Uint8Array(width * height * 3).fill(paper)
  rows.forEach((row, rowIndex) =>
    row.forEach((picture, column) => {
      const left = gap + column * (first.width + gap)
      const top = gap + rowIndex * (first.height + gap)
      for (let y = 0; y < picture.height; y++) {
        data.set(
          picture.data.subarray(y * picture.width * 3, (y + 1) * picture.width * 3),
          ((top + y) * width + left) * 3,
        )
      }
    }),
  )
  return encodeJpeg({ width, height, data })
}
