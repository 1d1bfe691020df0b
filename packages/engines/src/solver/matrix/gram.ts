import type { RowMatrix } from './row-matrix.js'

/** Rows and numbers of a block that stay in the processor's cache. */
const blockRows = 32
const blockColumns = 512
const bytes = Float64Array.BYTES_PER_ELEMENT

/**
 * `X Xᵀ` `[rows, rows]` over the columns `from` to `to` (not included): scalar products of all pairs of rows. It is
 * computed in the room of the matrix, which has to be as large; only the lower triangle is right.
 */
export function gramOf(matrix: RowMatrix, from: number, to: number): Float64Array {
  const { rows, columns, kernels } = matrix
  const at = rows * columns
  const gram = kernels.numbers.subarray(at, at + rows * rows)
  gram.fill(0)
  for (let column = from; column < to; column += blockColumns) {
    const length = Math.min(blockColumns, to - column)
    for (let first = 0; first < rows; first += blockRows)
      for (let second = 0; second <= first; second += blockRows) addBlock(matrix, column, length, first, second)
  }
  return gram
}

/** Two by four rows at once, so that every number read is used several times. */
function addBlock(
  { rows, columns, kernels }: RowMatrix,
  column: number,
  length: number,
  first: number,
  second: number,
): void {
  const place = (row: number): number => (row * columns + column) * bytes
  const out = (i: number, j: number): number => (rows * columns + i * rows + j) * bytes
  const end = Math.min(rows, first + blockRows)
  const secondEnd = Math.min(rows, second + blockRows)
  let i = first
  for (; i + 1 < end; i += 2) {
    let j = second
    for (; j + 3 < secondEnd && j <= i + 1; j += 4)
      kernels.addDots(
        place(i),
        place(i + 1),
        place(j),
        place(j + 1),
        place(j + 2),
        place(j + 3),
        length,
        out(i, j),
        rows * bytes,
      )
    for (; j < secondEnd && j <= i + 1; j++) for (const row of [i, i + 1]) addOne(row, j)
  }
  for (; i < end; i++) for (let j = second; j < secondEnd && j <= i; j++) addOne(i, j)

  function addOne(row: number, other: number): void {
    kernels.numbers[out(row, other) / bytes]! += kernels.dot(place(row), place(other), length)
  }
}
