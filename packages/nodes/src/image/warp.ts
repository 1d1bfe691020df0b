import type { FloatImage } from './image.js'

/** Result pixel (x, y) shows source position ((a x + b y + c) / (g x + h y + 1), (d x + e y + f) / (g x + h y + 1)). */
export type Homography = readonly [
  a: number,
  b: number,
  c: number,
  d: number,
  e: number,
  f: number,
  g: number,
  h: number,
]

/** An affine map, as a homography that keeps parallels. */
export const affine = (a: number, b: number, c: number, d: number, e: number, f: number): Homography =>
  [...[a, b, c, d, e, f], ...[0, 0]] as unknown as Homography

/** Warps in place, bilinearly; what lies outside of the source becomes `fill`. */
export function warpInPlace(image: FloatImage, map: Homography, fill: readonly [number, number, number]): void {
  const { width, height, data } = image
  const source = data.slice()
  const [a, b, c, d, e, f, g, h] = map
  for (let y = 0, target = 0; y < height; y++) {
    for (let x = 0; x < width; x++, target += 3) {
      const depth = g * x + h * y + 1
      sampleInto(
        data,
        target,
        { width, height, data: source },
        (a * x + b * y + c) / depth,
        (d * x + e * y + f) / depth,
        fill,
      )
    }
  }
}

function sampleInto(
  result: Float32Array,
  target: number,
  { width, height, data }: FloatImage,
  x: number,
  y: number,
  fill: readonly [number, number, number],
): void {
  if (!(x > -1 && y > -1 && x < width && y < height)) {
    result.set(fill, target)
    return
  }
  const [column, row] = [Math.floor(x), Math.floor(y)]
  const [right, down] = [x - column, y - row]
  for (let channel = 0; channel < 3; channel++) {
    const at = (dx: number, dy: number): number => {
      const [cx, cy] = [column + dx, row + dy]
      const inside = cx >= 0 && cy >= 0 && cx < width && cy < height
      return inside ? data[(cy * width + cx) * 3 + channel]! : fill[channel]!
    }
    const above = at(0, 0) * (1 - right) + at(1, 0) * right
    const below = at(0, 1) * (1 - right) + at(1, 1) * right
    result[target + channel] = above * (1 - down) + below * down
  }
}

/** The homography that takes each of four points to another: eight linear equations, by Gauss' elimination. */
export function homographyBetween(
  from: readonly (readonly [number, number])[],
  to: readonly (readonly [number, number])[],
): Homography {
  const rows = from.flatMap(([x, y], index) => {
    const [u, v] = to[index] ?? [0, 0]
    return [
      [x, y, 1, 0, 0, 0, -u * x, -u * y, u],
      [0, 0, 0, x, y, 1, -v * x, -v * y, v],
    ]
  })
  return solve(rows) as unknown as Homography
}

function solve(rows: readonly number[][]): number[] {
  const matrix = rows.map((row) => [...row])
  const size = matrix.length
  for (let column = 0; column < size; column++) {
    const pivot = matrix.reduce(
      (best, row, index) =>
        index >= column && Math.abs(row[column]!) > Math.abs(matrix[best]![column]!) ? index : best,
      column,
    )
    ;[matrix[column], matrix[pivot]] = [matrix[pivot]!, matrix[column]!]
    const lead = matrix[column]!
    for (let index = 0; index < size; index++) {
      if (index === column) continue
      const factor = matrix[index]![column]! / lead[column]!
      if (factor !== 0) matrix[index] = matrix[index]!.map((value, at) => value - factor * lead[at]!)
    }
  }
  return matrix.map((row, index) => row[size]! / row[index]!)
}
