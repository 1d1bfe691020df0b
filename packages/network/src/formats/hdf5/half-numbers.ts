import { must } from '@graft/errors'
import type { Dataset, ready } from 'h5wasm'
import { elementTypes } from '../safetensors/element-types.js'

/** What is needed of the library's own module: bytes, since it gives out no numbers of 16 bits. */
export type HalfLibrary = Pick<Awaited<typeof ready>, 'get_dataset_data' | 'HEAPU8' | '_malloc' | '_free'>

const [floatType, opaqueType] = [1, 5]

/** Of which kind the floating-point numbers of 16 bits in a data set are; null when they are no such numbers. */
export function halfKindOf({ metadata, attrs }: Dataset): 'F16' | 'BF16' | null {
  if (metadata.size !== 2) return null
  if (metadata.type === floatType) return 'F16'
  // h5py has no type for these: bytes, and a word that says what they are.
  return metadata.type === opaqueType && attrs['dtype']?.value === 'bfloat16' ? 'BF16' : null
}

/** A part of a data set of such numbers; the library puts the lowest byte first. */
export function readHalf(
  library: HalfLibrary,
  { file_id, path }: Dataset,
  ranges: readonly (readonly [number, number])[],
  kind: 'F16' | 'BF16',
): Float32Array {
  // Of a single number nothing can be chosen.
  const [count, offset, strides] =
    ranges.length === 0
      ? [null, null, null]
      : [ranges.map(([from, to]) => BigInt(to - from)), ranges.map(([from]) => BigInt(from)), ranges.map(() => 1n)]
  const bytes = Number((count ?? []).reduce((product, size) => product * size, 2n))
  const place = library._malloc(bytes)
  if (place === 0) throw new Error('there is not enough memory')
  try {
    library.get_dataset_data(file_id, path, count, offset, strides, BigInt(place))
    return must(elementTypes[kind], kind).decode(library.HEAPU8.slice(place, place + bytes))
  } finally {
    library._free(place)
  }
}
