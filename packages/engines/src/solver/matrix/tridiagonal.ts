import { createMatrix, type RowMatrix } from './row-matrix.js'

/** A symmetric matrix `Q T Qᵀ` with `Q` orthogonal and `T` zero but for three diagonals. */
export interface Tridiagonal {
  readonly diagonal: Float64Array
  /** Beside the diagonal, one number less. */
  readonly beside: Float64Array
  /** `Qᵀ` times each of the vectors `[width, size]`, in place. */
  turn(vectors: Float64Array): void
  /** `Q` times each of the vectors `[width, size]`, in place. */
  turnBack(vectors: Float64Array): void
}

const bytes = Float64Array.BYTES_PER_ELEMENT

/** A square matrix of zeros that can be tridiagonalised. */
export const createSquare = (size: number): RowMatrix => createMatrix(size, size, { width: 1 })

/**
 * Brings a symmetric matrix, of which the lower triangle is read, to three diagonals by Householder's reflections, from
 * the last row up: so a mirror is a piece of a row, and stays in its place (EISPACK's tred2). The matrix is used up.
 * Afterwards `A + penalty I` is solved for any number of penalties in no time.
 */
export function tridiagonalise({ rows: size, values, kernels }: RowMatrix): Tridiagonal {
  const beside = new Float64Array(Math.max(0, size - 1))
  const [stride, spare] = [size * bytes, size * size * bytes]
  for (let k = size - 1; k > 0; k--) {
    beside[k - 1] = toMirror(values.subarray(k * size, k * size + k))
    reflect(k, k * stride, spare)
  }
  const turnBy = (vectors: Float64Array, mirrors: readonly number[]): void => {
    const vector = kernels.numbers.subarray(size * size, size * size + size)
    for (let start = 0; start < vectors.length; start += size) {
      vector.set(vectors.subarray(start, start + size))
      for (const k of mirrors) kernels.addRow(spare, k * stride, -2 * kernels.dot(spare, k * stride, k), k)
      vectors.set(vector, start)
    }
  }
  const upwards = Array.from(beside, (_, index) => index + 1)
  const downwards = upwards.toReversed()
  return {
    diagonal: Float64Array.from({ length: size }, (_, i) => values[i * size + i]!),
    beside,
    turn: (vectors) => turnBy(vectors, downwards),
    turnBack: (vectors) => turnBy(vectors, upwards),
  }

  /** `H A H` for the first `k` rows, in their lower triangle. */
  function reflect(k: number, mirror: number, product: number): void {
    const made = kernels.numbers.subarray(product / bytes, product / bytes + k)
    made.fill(0)
    kernels.timesSymmetric(0, stride, k, mirror, product)
    kernels.addRow(product, mirror, -kernels.dot(product, mirror, k), k)
    for (let i = 0; i < k; i++) made[i]! *= 2
    kernels.lessPair(0, stride, k, mirror, product)
  }
}

/**
 * Turns a vector into the unit vector of the reflection that leaves nothing of it but its last number, which is given;
 * into zeros where it is nothing anyway.
 */
function toMirror(vector: Float64Array): number {
  const last = vector.length - 1
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))
  const left = -Math.sign(vector[last]! || 1) * length
  vector[last]! -= left
  const scale = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))
  for (let i = 0; i <= last; i++) vector[i] = scale === 0 ? 0 : vector[i]! / scale
  return left
}

/** `(T + penalty I)⁻¹` times each of the vectors `[width, size]`, and the logarithm of the determinant of `T + penalty I`. */
export function solveTridiagonal(
  { diagonal, beside }: Pick<Tridiagonal, 'diagonal' | 'beside'>,
  penalty: number,
  vectors: Float64Array,
): { readonly solution: Float64Array; readonly logDeterminant: number } {
  const size = diagonal.length
  const pivots = new Float64Array(size)
  const factors = new Float64Array(size)
  let logDeterminant = 0
  for (let i = 0; i < size; i++) {
    if (i > 0) factors[i] = beside[i - 1]! / pivots[i - 1]!
    // Rounding can't take more away than the penalty puts on.
    const taken = i === 0 ? 0 : factors[i]! * beside[i - 1]!
    pivots[i] = Math.max(diagonal[i]! + penalty - taken, penalty * 1e-6)
    logDeterminant += Math.log(pivots[i]!)
  }
  const solution = vectors.slice()
  for (let start = 0; start < solution.length; start += size) {
    for (let i = 1; i < size; i++) solution[start + i]! -= factors[i]! * solution[start + i - 1]!
    for (let i = size - 1; i >= 0; i--) {
      const next = i + 1 < size ? beside[i]! * solution[start + i + 1]! : 0
      solution[start + i] = (solution[start + i]! - next) / pivots[i]!
    }
  }
  return { solution, logDeterminant }
}
