import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ReferenceParameter } from './reference.js'
import { countOf } from './reference.js'
import { positionsOf } from './match-parameters.js'

/** The bytes of a model's files. */
export const bytesOfFiles = (directory: string): readonly Buffer[] =>
  readdirSync(directory).map((name) => readFileSync(join(directory, name)))

/**
 * Whether the numbers of a parameter are in a model's files, as they are or turned: then a network could learn them. What is not
 * there was computed with by the exporter, and what it had been can't be told.
 */
export function isCarried(
  { offset, shape }: ReferenceParameter,
  values: Float32Array,
  files: readonly Buffer[],
): boolean {
  const own = values.subarray(offset, offset + countOf(shape))
  return positionsOf(shape).some((position) => {
    const wanted = Buffer.from(Float32Array.from(own, (_, index) => own[position(index)] ?? 0).buffer)
    return files.some((file) => file.includes(wanted))
  })
}
