import type { Batch, ImageSource } from '@graft/engines'

/** Cells along each side of what the network sees. */
export const cellsPerSide = 8
/** A cover is as wide as two cells and moves by one, so most cells are covered four times. */
const cellsCovered = 2
export const coversPerSide = cellsPerSide - cellsCovered + 1

/** One image `[1, channels, height, width]`, then the same with every cover, row by row, as images for a network. */
export function coveredImages({ shape, data }: Batch): ImageSource {
  const [, channels = 0, height = 0, width = 0] = shape
  const size = channels * height * width
  const means = meansOf(data, channels, height * width)
  const count = 1 + coversPerSide ** 2
  return {
    count,
    labels: new Array<number>(count).fill(-1),
    random: false,
    key: (index) => `cover ${index}`,
    load: (indices) => {
      const batch = new Float32Array(indices.length * size)
      indices.forEach((index, at) => {
        const image = batch.subarray(at * size, (at + 1) * size)
        image.set(data)
        if (index > 0) cover(image, placeOf(index - 1), { means, height, width })
      })
      return Promise.resolve({ shape: [indices.length, channels, height, width], data: batch })
    },
  }
}

interface Place {
  readonly row: number
  readonly column: number
}

/** Row and column of the first cell under a cover. */
export const placeOf = (cover: number): Place => ({
  row: Math.floor(cover / coversPerSide),
  column: cover % coversPerSide,
})

/** In fractions of what the network sees. */
export const partUnder = (cover: number): { left: number; top: number; width: number; height: number } => ({
  left: placeOf(cover).column / cellsPerSide,
  top: placeOf(cover).row / cellsPerSide,
  width: cellsCovered / cellsPerSide,
  height: cellsCovered / cellsPerSide,
})

/** The image's own mean colour: a colour that says as little as one can. */
function cover(
  image: Float32Array,
  { row, column }: Place,
  { means, height, width }: { readonly means: readonly number[]; readonly height: number; readonly width: number },
): void {
  const edge = (cell: number, side: number): number => Math.round((cell * side) / cellsPerSide)
  const [left, right] = [edge(column, width), edge(column + cellsCovered, width)]
  for (const [channel, mean] of means.entries())
    for (let y = edge(row, height); y < edge(row + cellsCovered, height); y++)
      image.fill(mean, (channel * height + y) * width + left, (channel * height + y) * width + right)
}

function meansOf(data: Float32Array, channels: number, pixels: number): readonly number[] {
  return Array.from({ length: channels }, (_, channel) => {
    let sum = 0
    for (let at = channel * pixels; at < (channel + 1) * pixels; at++) sum += data[at] ?? 0
    return sum / pixels
  })
}

/**
 * Cells from what each cover took: the mean over the covers that a cell lay under, with the largest as 1. All 0 where no
 * cover took anything.
 */
export function cellsOf(taken: readonly number[]): readonly (readonly number[])[] {
  const cells = Array.from({ length: cellsPerSide }, (_, row) =>
    Array.from({ length: cellsPerSide }, (__, column) => {
      const over = taken.filter((_value, cover) => {
        const place = placeOf(cover)
        return within(row - place.row) && within(column - place.column)
      })
      return over.reduce((sum, value) => sum + value, 0) / over.length
    }),
  )
  const largest = Math.max(...cells.flat())
  return largest <= 0
    ? cells.map((row) => row.map(() => 0))
    : cells.map((row) => row.map((value) => Math.max(-1, value / largest)))
}

const within = (offset: number): boolean => offset >= 0 && offset < cellsCovered
