import type { Architecture } from '../../architectures/index.js'
import type { Fit } from '../../architectures/support/recognise.js'
import { type StoredParameter, storedParameters } from '../../architectures/support/stored-weights.js'
import type { Network, TensorData, Tensors } from '../../network.js'
import { initialise } from '../../values/initialise.js'
import type { WeightsFile } from '../format.js'
import { resamplePositions } from './resample-positions.js'

/** The values of a network's parameters from a file that they fit; those in no file are what the formula has. */
export async function readStored(
  file: WeightsFile,
  network: Network,
  { architecture, layout, options }: Pick<Fit, 'layout' | 'options'> & { readonly architecture: Architecture },
): Promise<Tensors> {
  const stored = new Map(
    storedParameters(architecture, network, layout, options).map((parameter) => [parameter.key, parameter]),
  )
  const tensors: Tensors = new Map()
  for (const [key, { shape, source }] of Object.entries(network.parameters)) {
    const parameter = stored.get(key)
    if (parameter !== undefined)
      tensors.set(key, { shape, data: fitted(await valuesOf(file, parameter), key, shape, architecture) })
    else if (source.kind === 'initializer')
      tensors.set(key, { shape, data: initialise(shape, source.initializer, source.seed) })
  }
  return tensors
}

/** Positions for images of another size are resampled; everything else has its shape already. */
function fitted(
  values: Float32Array,
  key: string,
  [, entries = 0, width = 1]: readonly number[],
  { positions }: Architecture,
): Float32Array {
  if (positions?.key !== key || values.length === entries * width) return values
  const side = (count: number): number => Math.round(Math.sqrt(count - positions.before))
  return resamplePositions(values, [side(values.length / width), side(entries)], { before: positions.before, width })
}

async function valuesOf(file: WeightsFile, { names, shape, transposed }: StoredParameter): Promise<Float32Array> {
  const parts: TensorData[] = []
  for (const name of names) parts.push(await file.read(name))
  const [first, ...others] = parts.map(({ data }) => data)
  const values = others.length === 0 && first !== undefined ? first : joined(parts)
  return transposed ? turned(values, shape) : values
}

function joined(parts: readonly TensorData[]): Float32Array {
  const values = new Float32Array(parts.reduce((sum, { data }) => sum + data.length, 0))
  let at = 0
  for (const { data } of parts) {
    values.set(data, at)
    at += data.length
  }
  return values
}

/** `[rows, columns]` to `[columns, rows]`. */
function turned(values: Float32Array, [rows = 1, columns = 1]: readonly number[]): Float32Array {
  const result = new Float32Array(values.length)
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) result[column * rows + row] = values[row * columns + column] ?? 0
  return result
}
