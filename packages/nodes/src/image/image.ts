/** An image in memory: `height * width * 3` bytes, red-green-blue, row by row. */
export interface Image {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

/** An image while it is being changed: the same layout, values from 0 to 255 with fractions. */
export interface FloatImage {
  readonly width: number
  readonly height: number
  readonly data: Float32Array
}

/** Mirrors in place; pixels move, none changes. */
export function mirror(image: Image, horizontally: boolean, vertically: boolean): void {
  const { width, height, data } = image
  if (vertically) {
    const row = width * 3
    for (let y = 0; y < height >> 1; y++) {
      const upper = data.slice(y * row, (y + 1) * row)
      data.copyWithin(y * row, (height - 1 - y) * row, (height - y) * row)
      data.set(upper, (height - 1 - y) * row)
    }
  }
  if (horizontally) for (let y = 0; y < height; y++) mirrorRow(data, y * width * 3, width)
}

function mirrorRow(data: Uint8Array, start: number, width: number): void {
  for (let left = start, right = start + (width - 1) * 3; left < right; left += 3, right -= 3) {
    for (let channel = 0; channel < 3; channel++) {
      const kept = data[left + channel]!
      data[left + channel] = data[right + channel]!
      data[right + channel] = kept
    }
  }
}
