import { FormatError } from '../../weight-format.js'
import type { ModelFiles } from '../model-files.js'
import { damaged } from './pickle-globals.js'
import type { PickleValue, Storage } from './pickle-values.js'
import type { ReadStorage } from './read-elements.js'
import { PickleEnds, unpickle } from './unpickle.js'
import { dataStart, zipDirectory, type ZipEntry } from '../zip/directory.js'

/** What a file holds, and how its numbers are got at. */
export interface OpenedPickle {
  readonly value: PickleValue
  /** Reads parts of a storage. Throws FormatError when it isn't there. */
  storage(storage: Storage): ReadStorage
}

/** A state dict of a million tensors has 100 MB. */
export const largestPickle = 128 * 1024 * 1024

/** Opens a file as torch.save writes it since PyTorch 1.6: a zip of the pickle and one entry per storage. */
export async function openZip(files: ModelFiles, name: string): Promise<OpenedPickle> {
  const entries = await zipDirectory(files, name)
  const pickle = [...entries.values()].find((entry) => /(^|\/)data\.pkl$/.test(entry.name))
  if (pickle === undefined) throw damaged('it has no entry data.pkl')
  const folder = pickle.name.slice(0, -'data.pkl'.length)
  if (entries.has(`${folder}constants.pkl`) || [...entries.keys()].some((key) => key.startsWith(`${folder}code/`)))
    throw new FormatError(
      `${name} is a TorchScript program, which holds the network as code.`,
      'Save its weights only: torch.save(torch.jit.load("FILE").state_dict(), "weights.pth"); or export the network that it was made from to ONNX.',
    )
  const order = entries.get(`${folder}byteorder`)
  if (order !== undefined && new TextDecoder().decode(await bytesOfEntry(files, name, order)) === 'big')
    throw new FormatError(
      `${name} was saved on a machine that writes numbers the other way round (big-endian).`,
      'Load it in Python on another machine and save it again.',
    )
  const { value } = unpickled(await bytesOfEntry(files, name, pickle))
  return {
    value,
    storage: ({ key }) => {
      const entry = entries.get(`${folder}data/${key}`)
      if (entry === undefined) throw damaged(`its storage ${key} is missing`)
      const start = dataStart(files, name, entry)
      start.catch(() => undefined)
      return async (from, to) => {
        if (to > entry.bytes) throw damaged(`its storage ${key} has ${entry.bytes} bytes; ${to} were expected`)
        return files.range(name, (await start) + from, (await start) + to)
      }
    },
  }
}

async function bytesOfEntry(files: ModelFiles, name: string, entry: ZipEntry): Promise<Uint8Array> {
  if (entry.bytes > largestPickle)
    throw damaged(`its entry ${entry.name} has ${entry.bytes} bytes, too many to be a pickle`)
  const start = await dataStart(files, name, entry)
  return files.range(name, start, start + entry.bytes)
}

function unpickled(bytes: Uint8Array): ReturnType<typeof unpickle> {
  try {
    return unpickle(bytes)
  } catch (error) {
    throw error instanceof PickleEnds ? damaged('its pickle is cut off') : error
  }
}
