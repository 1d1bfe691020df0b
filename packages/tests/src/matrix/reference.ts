import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What PyTorch says of a model of the matrix, as `make_model.py` writes it. */
export interface Reference {
  readonly input: readonly number[]
  /** Parameters and running statistics by name: where they lie in the `.f32` files. */
  readonly parameters: Readonly<Record<string, ReferenceParameter>>
  /** Every size that an axis of a parameter has. */
  readonly widths: readonly number[]
  readonly losses: Readonly<Record<'frozen' | 'batch', number>>
}

export interface ReferenceParameter {
  readonly offset: number
  readonly shape: readonly number[]
  /** The logits depend on it, and training changes it. */
  readonly learned: boolean
}

export const readReference = (directory: string): Reference =>
  JSON.parse(readFileSync(join(directory, 'reference.json'), 'utf8')) as Reference

export function readFloats(directory: string, file: string): Float32Array {
  const bytes = readFileSync(join(directory, file))
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
}

export const countOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1)
