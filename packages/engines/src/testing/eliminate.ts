/**
 * Solves `[size, size]` times x = `[size, width]` by Gauss, and tells the matrix's determinant; without a search for
 * pivots, since it is for positive definite matrices.
 */
export function eliminate(
  matrix: Float64Array,
  right: Float64Array,
  size: number,
  width: number,
): { readonly solution: Float64Array; readonly logDeterminant: number } {
  const [a, solution] = [matrix.slice(), right.slice()]
  let logDeterminant = 0
  for (let k = 0; k < size; k++) {
    const pivot = a[k * size + k]!
    logDeterminant += Math.log(pivot)
    for (let i = 0; i < size; i++) {
      if (i === k) continue
      const factor = a[i * size + k]! / pivot
      for (let j = 0; j < size; j++) a[i * size + j]! -= factor * a[k * size + j]!
      for (let c = 0; c < width; c++) solution[i * width + c]! -= factor * solution[k * width + c]!
    }
  }
  for (let i = 0; i < size; i++) for (let c = 0; c < width; c++) solution[i * width + c]! /= a[i * size + i]!
  return { solution, logDeterminant }
}
