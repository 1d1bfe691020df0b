import type * as hdf5 from 'h5wasm'
import type { Dataset, Group } from 'h5wasm'
import type { TensorData } from '../../network.js'
import { type HalfLibrary, halfKindOf, readHalf } from './half-numbers.js'

/** What the reader tells as it goes along: one tensor or text after the other, so that nothing is held twice. */
export type Hdf5Part =
  | { readonly kind: 'attribute'; readonly name: string; readonly value: string }
  | { readonly kind: 'tensor'; readonly path: string; readonly tensor: TensorData }
  /** It goes on. */
  | { readonly kind: 'progress' }

const limits = { depth: 24, objects: 200_000, attributeBytes: 2 ** 26, piece: 2 ** 24 }

/** How many bytes of numbers a file may hold: it may be compressed, but not a bomb. */
const largestContents = (fileBytes: number): number => 2 * fileBytes + 2 ** 26

/**
 * Reads texts on the root and all data sets of numbers of an HDF5 file with the HDF Group's own library, which runs as
 * WebAssembly: it reaches nothing but these bytes. The library's memory stays small, as large data sets come in pieces.
 * @throws Error with a plain message when the file is damaged or holds too much
 */
export async function* readHdf5Parts(bytes: Uint8Array): AsyncGenerator<Hdf5Part> {
  const library = await import('h5wasm')
  const module = await library.ready
  const { FS, activate_throwing_error_handler } = module
  activate_throwing_error_handler()
  yield { kind: 'progress' }
  const name = `/model-${(openedFiles += 1)}.h5`
  FS.writeFile(name, bytes, takenOver)
  try {
    const file = new library.File(name, 'r')
    try {
      yield* attributesOf(file)
      yield* tensorsOf(file, { ...library, module }, largestContents(bytes.length))
    } finally {
      file.close()
    }
  } finally {
    FS.unlink(name)
  }
}

/** The bytes become the file, without a copy. */
const takenOver = { flags: 'w', canOwn: true }

let openedFiles = 0

function* attributesOf(root: Group): Generator<Hdf5Part> {
  for (const [name, attribute] of Object.entries(root.attrs)) {
    if (attribute.metadata.total_size * attribute.metadata.size > limits.attributeBytes) continue
    const { value } = attribute
    if (typeof value === 'string') yield { kind: 'attribute', name, value }
  }
}

type Library = Pick<typeof hdf5, 'Dataset' | 'Group'> & { readonly module: HalfLibrary }

function* tensorsOf(root: Group, library: Library, most: number): Generator<Hdf5Part> {
  const open: { readonly group: Group; readonly path: string; readonly depth: number }[] = [
    { group: root, path: '', depth: 0 },
  ]
  let objects = 0
  let total = 0
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.depth > limits.depth) throw new Error(`its groups are nested deeper than ${limits.depth} levels`)
    for (const key of next.group.keys()) {
      if ((objects += 1) > limits.objects) throw new Error(`it holds more than ${limits.objects} objects`)
      const path = next.path === '' ? key : `${next.path}/${key}`
      const entity = next.group.get(key)
      if (entity instanceof library.Group) open.push({ group: entity, path, depth: next.depth + 1 })
      if (!(entity instanceof library.Dataset) || !holdsNumbers(entity)) continue
      total += sizeOf(entity, path)
      if (total > most) throw new Error(`its data sets claim more than ${most} bytes, which it can't hold`)
      yield { kind: 'tensor', path, tensor: yield* readTensor(entity, path, library.module) }
    }
  }
}

/** Classes of HDF5's types: whole numbers and floating point. */
const numberTypes = [0, 1]

const holdsNumbers = (dataset: Dataset): boolean =>
  dataset.metadata.shape !== null && (numberTypes.includes(dataset.metadata.type) || halfKindOf(dataset) !== null)

function sizeOf({ metadata }: Dataset, path: string): number {
  const bytes = (metadata.shape ?? []).reduce((product, size) => product * size, metadata.size)
  if (!Number.isSafeInteger(bytes)) throw new Error(`its data set ${path} claims an impossible size`)
  return Math.max(bytes, 4 * (bytes / metadata.size))
}

function* readTensor(dataset: Dataset, path: string, library: HalfLibrary): Generator<Hdf5Part, TensorData> {
  const { metadata } = dataset
  const shape = metadata.shape ?? []
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1))
  if (data.length === 0) return { shape, data }
  let done = 0
  const half = halfKindOf(dataset)
  for (const piece of piecesOf(shape, metadata.size)) {
    const values =
      half === null
        ? numbersIn(shape.length === 0 ? dataset.value : dataset.slice(piece), path)
        : readHalf(library, dataset, piece, half)
    data.set(values.subarray(0, data.length - done), done)
    done += values.length
    yield { kind: 'progress' }
  }
  if (done !== data.length) throw new Error(`its data set ${path} holds ${done} of ${data.length} numbers`)
  return { shape, data }
}

/** Runs along the first axis that has more than one row, small enough to be read at once. */
function* piecesOf(shape: readonly number[], bytes: number): Generator<[number, number][]> {
  const axis = Math.max(
    0,
    shape.findIndex((size) => size > 1),
  )
  const rows = shape[axis] ?? 1
  const row = shape.slice(axis + 1).reduce((product, size) => product * size, bytes)
  const step = Math.max(1, Math.floor(limits.piece / row))
  for (let from = 0; from < rows; from += step)
    yield shape.map((size, index): [number, number] =>
      index === axis ? [from, Math.min(rows, from + step)] : [0, size],
    )
}

function numbersIn(value: unknown, path: string): Float32Array {
  if (value instanceof Float32Array) return value
  if (value instanceof BigInt64Array || value instanceof BigUint64Array) return Float32Array.from(value, Number)
  if (ArrayBuffer.isView(value)) return Float32Array.from(value as unknown as ArrayLike<number>)
  if (typeof value === 'number' || typeof value === 'bigint') return Float32Array.of(Number(value))
  throw new Error(`its data set ${path} can't be read`)
}
