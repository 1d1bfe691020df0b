/** A symmetric matrix `Q T Qᵀ` with `Q` orthogonal and `T` zero but for three diagonals. */
export interface Tridiagonal {
  readonly diagonal: Float64Array
  /** Beside the diagonal, one number less. */
  readonly beside: Float64Array
  /** `Qᵀ` times columns `[size, width]`, in place. */
  turn(columns: Float64Array, width: number): void
  /** `Q` times columns `[size, width]`, in place. */
  turnBack(columns: Float64Array, width: number): void
}

/**
 * Brings a symmetric matrix `[size, size]`, of which the lower triangle is read, to three diagonals by Householder's
 * reflections. The matrix is used up. Afterwards `A + penalty I` is solved for any number of penalties in no time.
 */
export function tridiagonalise(matrix: Float64Array, size: number): Tridiagonal {
  const beside = new Float64Array(Math.max(0, size - 1))
  const mirrors: Float64Array[] = []
  for (let k = 0; k + 1 < size; k++) {
    const mirror = mirrorOf(matrix, size, k)
    mirrors.push(mirror)
    beside[k] = -Math.sign(matrix[(k + 1) * size + k]! || 1) * lengthBelow(matrix, size, k)
    if (mirror.length > 0) reflect(matrix, size, k + 1, mirror)
  }
  const diagonal = Float64Array.from({ length: size }, (_, i) => matrix[i * size + i]!)
  const apply = (columns: Float64Array, width: number, k: number): void =>
    mirrorColumns(columns, width, k + 1, mirrors[k]!)
  return {
    diagonal,
    beside,
    turn: (columns, width) => mirrors.forEach((_, k) => apply(columns, width, k)),
    turnBack: (columns, width) => {
      for (let k = mirrors.length - 1; k >= 0; k--) apply(columns, width, k)
    },
  }
}

function lengthBelow(matrix: Float64Array, size: number, k: number): number {
  let sum = 0
  for (let i = k + 1; i < size; i++) sum += matrix[i * size + k]! ** 2
  return Math.sqrt(sum)
}

/** Unit vector of the reflection that leaves one number of column `k` below the diagonal; empty: none is needed. */
function mirrorOf(matrix: Float64Array, size: number, k: number): Float64Array {
  const vector = Float64Array.from({ length: size - k - 1 }, (_, i) => matrix[(k + 1 + i) * size + k]!)
  vector[0]! += Math.sign(vector[0]! || 1) * lengthBelow(matrix, size, k)
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))
  return length === 0 ? new Float64Array(0) : vector.map((value) => value / length)
}

/** `H A H` for the block from `start` on, in its lower triangle. */
function reflect(matrix: Float64Array, size: number, start: number, mirror: Float64Array): void {
  const length = mirror.length
  const product = new Float64Array(length)
  for (let i = 0; i < length; i++) {
    const row = (start + i) * size + start
    const own = mirror[i]!
    let sum = matrix[row + i]! * own
    for (let j = 0; j < i; j++) {
      const value = matrix[row + j]!
      sum += value * mirror[j]!
      product[j]! += value * own
    }
    product[i]! += sum
  }
  let along = 0
  for (let i = 0; i < length; i++) along += product[i]! * mirror[i]!
  for (let i = 0; i < length; i++) product[i] = 2 * (product[i]! - along * mirror[i]!)
  for (let i = 0; i < length; i++) {
    const row = (start + i) * size + start
    const [v, q] = [mirror[i]!, product[i]!]
    for (let j = 0; j <= i; j++) matrix[row + j]! -= v * product[j]! + q * mirror[j]!
  }
}

function mirrorColumns(columns: Float64Array, width: number, start: number, mirror: Float64Array): void {
  for (let c = 0; c < width; c++) {
    let along = 0
    for (let i = 0; i < mirror.length; i++) along += mirror[i]! * columns[(start + i) * width + c]!
    for (let i = 0; i < mirror.length; i++) columns[(start + i) * width + c]! -= 2 * along * mirror[i]!
  }
}

/** `(T + penalty I)⁻¹` times columns `[size, width]`, and the logarithm of the determinant of `T + penalty I`. */
export function solveTridiagonal(
  { diagonal, beside }: Pick<Tridiagonal, 'diagonal' | 'beside'>,
  penalty: number,
  columns: Float64Array,
  width: number,
): { readonly solution: Float64Array; readonly logDeterminant: number } {
  const size = diagonal.length
  const pivots = new Float64Array(size)
  const solution = columns.slice()
  let logDeterminant = 0
  for (let i = 0; i < size; i++) {
    const factor = i === 0 ? 0 : beside[i - 1]! / pivots[i - 1]!
    // Rounding can't take more away than the penalty puts on.
    pivots[i] = Math.max(diagonal[i]! + penalty - (i === 0 ? 0 : factor * beside[i - 1]!), penalty * 1e-6)
    logDeterminant += Math.log(pivots[i]!)
    if (i > 0) for (let c = 0; c < width; c++) solution[i * width + c]! -= factor * solution[(i - 1) * width + c]!
  }
  for (let i = size - 1; i >= 0; i--)
    for (let c = 0; c < width; c++) {
      const next = i + 1 < size ? beside[i]! * solution[(i + 1) * width + c]! : 0
      solution[i * width + c] = (solution[i * width + c]! - next) / pivots[i]!
    }
  return { solution, logDeterminant }
}
