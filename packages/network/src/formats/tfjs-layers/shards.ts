import type { ModelFiles } from '../model-files.js'

/** Files whose bytes one after the other are those of one group of weights. */
export interface Shards {
  readonly size: number
  /** The bytes from `from` up to `to`, which lie within them, whatever files they are in. */
  bytes(from: number, to: number): Promise<Uint8Array>
}

/** Shards up to this size (4 MiB is usual) are read whole, one at a time; of larger ones the parts that are asked for. */
const largestWhole = 2 ** 24

/** For reading from beginning to end. Throws FormatError when a shard is missing. */
export async function openShards(files: ModelFiles, names: readonly string[]): Promise<Shards> {
  const places: { readonly name: string; readonly start: number; readonly end: number }[] = []
  let size = 0
  for (const name of names) {
    const end = size + (await files.size(name))
    places.push({ name, start: size, end })
    size = end
  }
  let current: { readonly name: string; readonly bytes: Uint8Array } | null = null
  const part = async (name: string, from: number, to: number, total: number): Promise<Uint8Array> => {
    if (total > largestWhole) return files.range(name, from, to)
    if (current?.name !== name) current = { name, bytes: await files.read(name) }
    return current.bytes.subarray(from, to)
  }
  return {
    size,
    bytes: async (from, to) => {
      const bytes = new Uint8Array(to - from)
      for (const { name, start, end } of places) {
        const [first, last] = [Math.max(from, start), Math.min(to, end)]
        if (first < last) bytes.set(await part(name, first - start, last - start, end - start), first - from)
      }
      return bytes
    },
  }
}
