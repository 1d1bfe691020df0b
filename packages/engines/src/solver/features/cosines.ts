import { gramOf } from '../matrix/gram.js'
import { measureStandard, standardised } from './standardise.js'

/**
 * Cosines of all pairs of rows of `[rows, columns]`, as `[rows, rows]`, once the columns are standardised: how alike
 * samples are to the part of a network that these features come from.
 */
export function cosinesOf(features: Float32Array, rows: number, columns: number, softness: number): Float32Array {
  const standard = measureStandard(features, rows, columns, { groups: [{ from: 0, to: columns }], softness })
  // The products of all pairs are computed in the room beside the matrix.
  const matrix = standardised(features, rows, standard, Math.ceil((rows * rows) / columns))
  const gram = gramOf(matrix, 0, columns)
  const cosines = new Float32Array(rows * rows)
  const size = (row: number): number => Math.sqrt(gram[row * rows + row]!) || 1
  for (let i = 0; i < rows; i++)
    for (let j = 0; j <= i; j++)
      cosines[i * rows + j] = cosines[j * rows + i] = gram[i * rows + j]! / (size(i) * size(j))
  return cosines
}
