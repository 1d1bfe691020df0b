import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ReferenceParameter } from './reference.js'
import { countOf } from './reference.js'
import { positionsOf } from './match-parameters.js'

export interface ModelFile {
  readonly name: string
  readonly bytes: Buffer
}

/** The bytes of a model's files. */
export const bytesOfFiles = (directory: string): readonly ModelFile[] =>
  readdirSync(directory).map((name) => ({ name, bytes: readFileSync(join(directory, name)) }))

/**
 * Whether the numbers of a parameter are in a model's files, as they are or turned: then a network could learn them. What is not
 * there was computed with by the exporter, and what it had been can't be told.
 */
export function isCarried(
  { offset, shape }: ReferenceParameter,
  values: Float32Array,
  files: readonly ModelFile[],
): boolean {
  const structure = files.find(({ name }) => name.endsWith('.onnx'))?.bytes ?? Buffer.of()
  const own = values.subarray(offset, offset + countOf(shape))
  return positionsOf(shape).some((position) => {
    const wanted = Buffer.from(Float32Array.from(own, (_, index) => own[position(index)] ?? 0).buffer)
    return files.some((file) => holds(file, wanted, structure))
  })
}

/** As a whole tensor, and not as a part of a larger one: in an ONNX file its length stands before it, or its place in the file beside it. */
function holds({ name, bytes }: ModelFile, wanted: Buffer, structure: Buffer): boolean {
  if (!name.endsWith('.onnx')) {
    const at = bytes.indexOf(wanted)
    return at >= 0 && structure.includes(entry('offset', at)) && structure.includes(entry('length', wanted.length))
  }
  const prefix = lengthPrefix(wanted.length)
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1))
    if (bytes.subarray(at - prefix.length, at).equals(prefix)) return true
  return false
}

/** A key with a number as text, as a tensor's external data has them. */
function entry(key: string, value: number): Buffer {
  const text = (words: string, field: number): Buffer =>
    Buffer.concat([Buffer.of(field * 8 + 2, words.length), Buffer.from(words)])
  return Buffer.concat([text(key, 1), text(String(value), 2)])
}

/** A number as protobuf writes it, seven bits at a time. */
function lengthPrefix(length: number): Buffer {
  const result: number[] = []
  for (let rest = length; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...result, rest])
    result.push((rest % 128) + 128)
  }
}
