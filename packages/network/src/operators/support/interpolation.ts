/** How a resized row is read from the one before. */
export interface Interpolation {
  readonly mode: 'nearest' | 'linear' | 'cubic'
  /**
   * Where the pixels lie: their centres at .5 (`half_pixel`; nearest rounds `round_prefer_floor`), at whole numbers
   * (`asymmetric`; nearest rounds down), or with both ends on each other (`align_corners`).
   */
  readonly coordinates: 'half_pixel' | 'asymmetric' | 'align_corners'
  /** Of the cubic's outer weights: -0.75 in PyTorch. */
  readonly cubic: number
  /** Pixels of the result for one of the source; default `to / from`. */
  readonly scale?: number
}

/** `[from, to]`: column j holds the shares of the source pixels in target pixel j. */
export function interpolationMatrix(how: Interpolation, from: number, to: number): Float32Array {
  const matrix = new Float32Array(from * to)
  for (let target = 0; target < to; target++)
    for (const [source, share] of shares(how, positionOf(how, from, to, target), from)) {
      const index = Math.min(from - 1, Math.max(0, source)) * to + target
      matrix[index] = (matrix[index] ?? 0) + share
    }
  return matrix
}

function positionOf({ coordinates, scale }: Interpolation, from: number, to: number, target: number): number {
  if (coordinates === 'align_corners') return to === 1 ? 0 : (target * (from - 1)) / (to - 1)
  if (scale !== undefined) return coordinates === 'half_pixel' ? (target + 0.5) / scale - 0.5 : target / scale
  return coordinates === 'half_pixel' ? ((2 * target + 1) * from) / (2 * to) - 0.5 : (target * from) / to
}

function shares(
  { mode, coordinates, cubic }: Interpolation,
  position: number,
  from: number,
): readonly (readonly [number, number])[] {
  if (mode === 'nearest') return [[coordinates === 'asymmetric' ? Math.floor(position) : Math.ceil(position - 0.5), 1]]
  if (mode === 'linear') {
    const clamped = Math.min(from - 1, Math.max(0, position))
    const below = Math.floor(clamped)
    return [
      [below, 1 - (clamped - below)],
      [below + 1, clamped - below],
    ]
  }
  const below = Math.floor(position)
  return [-1, 0, 1, 2].map((step) => [below + step, cubicShare(Math.abs(position - below - step), cubic)])
}

/** Keys' cubic convolution. */
function cubicShare(distance: number, a: number): number {
  if (distance <= 1) return ((a + 2) * distance - (a + 3)) * distance * distance + 1
  return distance < 2 ? ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a : 0
}
