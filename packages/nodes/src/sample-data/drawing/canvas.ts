import type { Colour } from './colour.js'

/**
 * A square image in the making: linear RGB floats, height x width x channel. Coordinates run from -1 to 1 on both
 * axes.
 */
export interface Canvas {
  readonly size: number
  readonly values: Float32Array
}

export function createCanvas(size: number): Canvas {
  return { size, values: new Float32Array(size * size * 3) }
}

/** What to lay over a point: a colour and how much of it covers (0 to 1), or null to leave the point alone. */
export type Paint = (x: number, y: number) => { readonly colour: Colour; readonly cover: number } | null

/** Lays a paint over every pixel. */
export function paint(canvas: Canvas, brush: Paint): void {
  const { size, values } = canvas
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const stroke = brush((2 * column + 1) / size - 1, (2 * row + 1) / size - 1)
      if (stroke === null) continue
      const offset = (row * size + column) * 3
      for (let channel = 0; channel < 3; channel++) {
        const under = values[offset + channel] ?? 0
        values[offset + channel] = under + ((stroke.colour[channel] ?? 0) - under) * stroke.cover
      }
    }
  }
}

/** How much of a pixel lies inside a shape whose edge is `distance` away: the anti-aliasing. */
export function coverage(distance: number, pixelsPerUnit: number): number {
  return Math.min(1, Math.max(0, 0.5 - distance * pixelsPerUnit))
}

/** The canvas as bytes: red, green, blue, row by row. */
export function toBytes(canvas: Canvas): Uint8Array {
  const bytes = new Uint8Array(canvas.values.length)
  canvas.values.forEach((value, index) => {
    bytes[index] = Math.round(255 * Math.min(1, Math.max(0, value)))
  })
  return bytes
}
