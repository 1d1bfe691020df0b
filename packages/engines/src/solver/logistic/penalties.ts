import { dot, type RowMatrix } from '../matrix/row-matrix.js'

/** From one that leaves nearly nothing to one that hardly counts, in equal ratios, by the mean square of a row. */
export function penaltiesFor({ values, rows }: RowMatrix, count: number): readonly number[] {
  const square = dot(values, 0, values, 0, values.length) / rows
  return Array.from({ length: count }, (_, index) => square * 10 ** (-1 - (5 * index) / (count - 1)))
}
