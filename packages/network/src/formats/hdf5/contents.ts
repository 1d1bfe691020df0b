import { FormatError } from '../../weight-format.js'
import type { TensorData } from '../../network.js'

/** What is taken out of an HDF5 file. */
export interface Hdf5Contents {
  /** Texts that hang on the root, by name; others are left out. */
  readonly attributes: Readonly<Record<string, string>>
  /** Every data set of numbers, as float32, by its path without the first slash. */
  readonly tensors: ReadonlyMap<string, TensorData>
}

/** The eight bytes that an HDF5 file begins with. */
export const hdf5Signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a] as const

/** Whether a file begins as HDF5 does. */
export const isHdf5 = (head: Uint8Array): boolean => hdf5Signature.every((byte, index) => head[index] === byte)

/** Why an HDF5 file can't be read, with what to do about it. */
export function damagedHdf5(label: string, problem: string): FormatError {
  return new FormatError(
    `The HDF5 file ${label} can't be read: ${problem.replace(/\.$/, '')}.`,
    'It is damaged or cut off: download or save it again.',
  )
}
