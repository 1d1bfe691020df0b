import { FormatError } from '../../weight-format.js'
import type { ModelFiles } from '../model-files.js'
import { largestPickle, type OpenedPickle } from './open-zip.js'
import { damaged } from './pickle-globals.js'
import { type PickleValue, Storage, TensorPlace, Tuple } from './pickle-values.js'
import { bytesOf } from './read-elements.js'
import { PickleEnds, unpickle, type Unpickled } from './unpickle.js'

const magic = 0x1950a86a20f9469cfc6cn
const firstPiece = 1024 * 1024

/**
 * Opens a file as torch.save wrote it before PyTorch 1.6 (and still does with
 * `_use_new_zipfile_serialization=False`): pickles of a magic number, a version, the machine, the object and the keys
 * of its storages, and then the storages, each behind its length.
 */
export async function openLegacy(files: ModelFiles, name: string): Promise<OpenedPickle> {
  const { pickles, end } = await firstPickles(files, name)
  const [, , , object, keys] = pickles
  const value = object?.value ?? null
  const storages = storagesIn(value)
  const places = new Map<string, { start: number; bytes: number }>()
  let at = end
  for (const key of listOf(keys?.value)) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined
    const header = await files.range(name, at, at + 8)
    const count = new DataView(header.buffer, header.byteOffset, 8).getBigUint64(0, true)
    if (typeof key !== 'string' || count > BigInt(await files.size(name))) throw damaged('the list of its storages')
    // Nothing refers to a storage that isn't known, but how long its elements are isn't said: the rest can't be found.
    if (storage === undefined) break
    const bytes = Number(count) * bytesOf(storage.elementType ?? 'U8')
    places.set(key, { start: at + 8, bytes })
    at += 8 + bytes
  }
  return {
    value,
    storage: ({ key }) => {
      const place = places.get(key)
      if (place === undefined) throw damaged(`its storage ${key} is missing`)
      return async (from, to) => {
        if (to > place.bytes) throw damaged(`its storage ${key} has ${place.bytes} bytes; ${to} were expected`)
        return files.range(name, place.start + from, place.start + to)
      }
    },
  }
}

/** The five pickles at the beginning; only so much of the file is read as they are long. */
async function firstPickles(files: ModelFiles, name: string): Promise<{ pickles: readonly Unpickled[]; end: number }> {
  const size = await files.size(name)
  for (let piece = firstPiece; ; piece *= 4) {
    const bytes = await files.head(name, Math.min(piece, largestPickle))
    try {
      return picklesIn(bytes)
    } catch (error) {
      if (!(error instanceof PickleEnds)) throw error
      if (piece >= size || piece >= largestPickle) throw damaged('its pickle is cut off')
    }
  }
}

function picklesIn(bytes: Uint8Array): { pickles: readonly Unpickled[]; end: number } {
  const pickles: Unpickled[] = []
  let end = 0
  while (pickles.length < 5) {
    const pickle = unpickle(bytes, end)
    if (pickles.length === 0 && pickle.value !== magic) throw otherPickle()
    pickles.push(pickle)
    end = pickle.end
  }
  return { pickles, end }
}

const otherPickle = (): FormatError =>
  new FormatError(
    'The file holds pickled Python objects, but not as PyTorch saves them.',
    'Save the weights of the network: torch.save(model.state_dict(), "weights.pth").',
  )

const listOf = (value: PickleValue | undefined): readonly PickleValue[] =>
  Array.isArray(value) ? value : value instanceof Tuple ? value.items : []

/** The storages of all tensors in a value, each with the type of its elements. */
function storagesIn(value: PickleValue): Map<string, Storage> {
  const found = new Map<string, Storage>()
  const seen = new Set<PickleValue>()
  const open: PickleValue[] = [value]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== 'object' || next === null || seen.has(next)) continue
    seen.add(next)
    if (next instanceof TensorPlace) open.push(next.storage)
    else if (next instanceof Storage) found.set(next.key, next)
    else if (next instanceof Map) for (const item of next.values()) open.push(item)
    else if (next instanceof Tuple || Array.isArray(next)) for (const item of listOf(next)) open.push(item)
  }
  return found
}
