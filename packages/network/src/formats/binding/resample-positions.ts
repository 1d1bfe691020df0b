/** A grid of vectors, `[side, side, width]`, behind `before` other vectors. */
export interface PositionGrid {
  readonly before: number
  readonly width: number
}

/**
 * Positions of a square grid for one of another size, each number of the vectors by itself: cubic with antialiasing
 * (a = -0.5), what timm takes for it and Pillow for images. The entries before the grid stay.
 */
export function resamplePositions(
  values: Float32Array,
  [from, to]: readonly [number, number],
  { before, width }: PositionGrid,
): Float32Array {
  const weights = cubicWeights(from, to)
  const head = values.subarray(0, before * width)
  const rows = alongFirst(values.subarray(before * width), weights, { from, to, inner: from * width })
  // Columns of every row: the same over the second axis.
  const result = new Float32Array(head.length + to * to * width)
  result.set(head)
  for (let row = 0; row < to; row++) {
    const line = rows.subarray(row * from * width, (row + 1) * from * width)
    result.set(alongFirst(line, weights, { from, to, inner: width }), head.length + row * to * width)
  }
  return result
}

interface Extent {
  readonly from: number
  readonly to: number
  /** Numbers that go together. */
  readonly inner: number
}

function alongFirst(values: Float32Array, weights: Float64Array, { from, to, inner }: Extent): Float32Array {
  const result = new Float32Array(to * inner)
  for (let target = 0; target < to; target++)
    for (let source = 0; source < from; source++) {
      const weight = weights[target * from + source] ?? 0
      if (weight === 0) continue
      for (let index = 0; index < inner; index++)
        result[target * inner + index] =
          (result[target * inner + index] ?? 0) + weight * (values[source * inner + index] ?? 0)
    }
  return result
}

/** `[to, from]`: how much of every entry goes into each new one. */
function cubicWeights(from: number, to: number): Float64Array {
  const scale = from / to
  const stretch = Math.max(1, scale)
  const weights = new Float64Array(to * from)
  for (let target = 0; target < to; target++) {
    const centre = (target + 0.5) * scale
    const first = Math.max(0, Math.trunc(centre - 2 * stretch + 0.5))
    const last = Math.min(from, Math.trunc(centre + 2 * stretch + 0.5))
    const row = Array.from({ length: last - first }, (_, index) => cubic((first + index + 0.5 - centre) / stretch))
    const sum = row.reduce((total, weight) => total + weight, 0)
    row.forEach((weight, index) => (weights[target * from + first + index] = weight / sum))
  }
  return weights
}

const a = -0.5
function cubic(offset: number): number {
  const x = Math.abs(offset)
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
}
