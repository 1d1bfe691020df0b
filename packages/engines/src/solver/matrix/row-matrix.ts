import { type Kernels, openKernels } from './kernels.js'

/**
 * Rows of numbers `[rows, columns]`, with room beside them for what they are multiplied with. Of a triangular one all is
 * zero above the diagonal, and not read.
 */
export interface RowMatrix {
  readonly rows: number
  readonly columns: number
  readonly triangular: boolean
  readonly values: Float64Array
  readonly kernels: Kernels
  /** Numbers behind the values, for operands. */
  readonly room: number
}

const bytes = Float64Array.BYTES_PER_ELEMENT

/** A matrix of zeros, with room for products with `width` columns, and for `extra` numbers. */
export function createMatrix(
  rows: number,
  columns: number,
  { width, triangular = false, extra = 0 }: { width: number; triangular?: boolean; extra?: number },
): RowMatrix {
  const padded = fours(width) + 1
  const room = Math.max(extra, padded * columns + (rows + 1) * padded)
  const kernels = openKernels(rows * columns + room)
  return { rows, columns, triangular, values: kernels.numbers.subarray(0, rows * columns), kernels, room }
}

/** Loops take four columns at once. */
const fours = (width: number): number => 4 * Math.ceil(width / 4)

/** Numbers of a row that can be other than zero. */
function usedColumns({ columns, triangular }: RowMatrix, row: number): number {
  return triangular ? Math.min(columns, row + 1) : columns
}

/** `out[i, c] = matrix[rows[i]] . weights[c]`, for `weights` `[width, columns]`. */
export function timesWeights(
  matrix: RowMatrix,
  rows: Int32Array,
  weights: Float64Array,
  width: number,
  out: Float64Array,
): void {
  const { columns, kernels } = matrix
  const padded = fours(width)
  const weightsAt = matrix.rows * columns
  const outAt = weightsAt + padded * columns
  kernels.numbers.set(weights.subarray(0, width * columns), weightsAt)
  kernels.numbers.fill(0, weightsAt + width * columns, outAt + (rows.length + 1) * padded)
  const stride = columns * bytes
  for (let i = 0; i < rows.length; i += 2) {
    const first = rows[i]!
    const second = rows[i + 1] ?? first
    const used = Math.max(usedColumns(matrix, first), usedColumns(matrix, second))
    for (let c = 0; c < padded; c += 4) {
      const b = (weightsAt + c * columns) * bytes
      const place = (outAt + i * padded + c) * bytes
      kernels.addDots(
        first * stride,
        second * stride,
        b,
        b + stride,
        b + 2 * stride,
        b + 3 * stride,
        used,
        place,
        padded * bytes,
      )
    }
  }
  const { numbers } = kernels
  for (let i = 0; i < rows.length; i++)
    for (let c = 0; c < width; c++) out[i * width + c] = numbers[outAt + i * padded + c]!
}

/** `out[c] += sum over i of factors[i, c] * matrix[rows[i]]`, for `out` `[width, columns]`. */
export function addTransposed(
  matrix: RowMatrix,
  rows: Int32Array,
  factors: Float64Array,
  width: number,
  out: Float64Array,
): void {
  const { columns, kernels } = matrix
  const { numbers } = kernels
  const outAt = matrix.rows * columns
  numbers.set(out.subarray(0, width * columns), outAt)
  const stride = columns * bytes
  const factor = (i: number, c: number): number => (i < rows.length && c < width ? factors[i * width + c]! : 0)
  for (let i = 0; i < rows.length; i += 4) {
    const r0 = rows[i]!
    const r1 = rows[i + 1] ?? r0
    const r2 = rows[i + 2] ?? r0
    const r3 = rows[i + 3] ?? r0
    // What is above the diagonal of the shorter ones is zero.
    const used = usedColumns(matrix, Math.max(r0, r1, r2, r3))
    for (let c = 0; c < width; c += 2) {
      const o = (outAt + c * columns) * bytes
      kernels.addRows(
        o,
        o + stride,
        r0 * stride,
        r1 * stride,
        r2 * stride,
        r3 * stride,
        factor(i, c),
        factor(i + 1, c),
        factor(i + 2, c),
        factor(i + 3, c),
        factor(i, c + 1),
        factor(i + 1, c + 1),
        factor(i + 2, c + 1),
        factor(i + 3, c + 1),
        used,
      )
    }
  }
  out.set(numbers.subarray(outAt, outAt + width * columns))
}

/** The scalar product of two vectors, or of `length` numbers from their places on, in four sums. */
export function dot(a: Float64Array, aStart: number, b: Float64Array, bStart: number, length: number): number {
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  let k = 0
  for (; k + 3 < length; k += 4) {
    s0 += a[aStart + k]! * b[bStart + k]!
    s1 += a[aStart + k + 1]! * b[bStart + k + 1]!
    s2 += a[aStart + k + 2]! * b[bStart + k + 2]!
    s3 += a[aStart + k + 3]! * b[bStart + k + 3]!
  }
  for (; k < length; k++) s0 += a[aStart + k]! * b[bStart + k]!
  return s0 + s1 + (s2 + s3)
}

export const everyRow = ({ rows }: Pick<RowMatrix, 'rows'>): Int32Array =>
  Int32Array.from({ length: rows }, (_, row) => row)
