import { isAbsolute, join, relative, sep } from 'node:path'
import { sampleSchema } from '@graft/graph-schema'
import type { Sample } from '@graft/graph-schema'

const newline = 10
const openingBracket = 91
/** Bytes of a buffer that grows as lines are added. */
const firstBytes = 64 * 1024

/**
 * A sample list as bytes: one sample as JSON on every line. Paths inside `root` become relative to it, with forward
 * slashes; others stay as they are.
 */
export function printSamples(samples: Iterable<Sample>, root?: string): Uint8Array {
  const encoder = new TextEncoder()
  let bytes = new Uint8Array(firstBytes)
  let length = 0
  for (const sample of samples) {
    const line = encoder.encode(`${JSON.stringify(withRelativePath(sample, root))}\n`)
    if (length + line.length > bytes.length) {
      const larger = new Uint8Array(Math.max(2 * bytes.length, length + line.length))
      larger.set(bytes.subarray(0, length))
      bytes = larger
    }
    bytes.set(line, length)
    length += line.length
  }
  return bytes.slice(0, length)
}

/**
 * Reads what `printSamples` wrote, line by line, so that a long list is never one long text; and the single JSON array
 * of Graft 0.1.0. Paths become absolute. Throws an Error that names the line.
 */
export function parseSamples(bytes: Uint8Array, root?: string): readonly Sample[] {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  if (bytes[0] === openingBracket)
    return (JSON.parse(decoder.decode(bytes)) as unknown[]).map((json) => parse(json, 'The list', root))
  const samples: Sample[] = []
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(newline, start)
    const stop = end === -1 ? bytes.length : end
    const where = `Line ${samples.length + 1} of the list`
    samples.push(parse(jsonOf(decoder.decode(bytes.subarray(start, stop)), where), where, root))
    start = stop + 1
  }
  return samples
}

function jsonOf(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error(`${where} of samples is not JSON: ${text.slice(0, 80)}`)
  }
}

function parse(json: unknown, where: string, root: string | undefined): Sample {
  const parsed = sampleSchema.safeParse(json)
  if (!parsed.success) throw new Error(`${where} of samples is not a sample: ${parsed.error.issues[0]?.message ?? ''}`)
  const sample = parsed.data
  if (sample.path === undefined || isAbsolute(sample.path)) return sample
  if (root === undefined)
    throw new Error(`${where} of samples has the relative path "${sample.path}", but the dataset has no root.`)
  return { ...sample, path: join(root, sample.path) }
}

function withRelativePath(sample: Sample, root: string | undefined): Sample {
  if (root === undefined || sample.path === undefined) return sample
  const path = relative(root, sample.path)
  const isOutside = path === '' || path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)
  return isOutside ? sample : { ...sample, path: path.split(sep).join('/') }
}
