import type { RowMatrix } from './row-matrix.js'

/** What is left of a diagonal entry, relative to the mean, below which a row counts as made of the rows before it. */
const negligible = 1e-11
const bytes = Float64Array.BYTES_PER_ELEMENT

/**
 * Turns a square symmetric positive semi-definite matrix, of which the lower triangle is read, into the lower triangle
 * `L` with `L Lᵀ = matrix`; above it, zeros. A row that depends on those before it gives a column of zeros.
 */
export function choleskyInPlace({ rows: size, values, kernels }: RowMatrix): void {
  let trace = 0
  for (let i = 0; i < size; i++) trace += values[i * size + i]!
  const least = (negligible * trace) / size
  const row = size * bytes
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) {
      const pivot = values[j * size + j]!
      values[i * size + j] = pivot === 0 ? 0 : (values[i * size + j]! - kernels.dot(i * row, j * row, j)) / pivot
    }
    const rest = values[i * size + i]! - kernels.dot(i * row, i * row, i)
    values[i * size + i] = rest > least ? Math.sqrt(rest) : 0
    values.fill(0, i * size + i + 1, (i + 1) * size)
  }
}

/** Solves `Lᵀ x = values[start ...]` in place; where the diagonal is zero, `x` is. */
export function solveTransposed({ rows: size, values: lower }: RowMatrix, values: Float64Array, start: number): void {
  for (let i = size - 1; i >= 0; i--) {
    const pivot = lower[i * size + i]!
    const x = pivot === 0 ? 0 : values[start + i]! / pivot
    values[start + i] = x
    if (x !== 0) for (let j = 0; j < i; j++) values[start + j]! -= x * lower[i * size + j]!
  }
}
