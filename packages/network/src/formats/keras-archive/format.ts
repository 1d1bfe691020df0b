import { z } from 'zod'
import { FormatError } from '../../weight-format.js'
import type { NetworkFormat } from '../format.js'
import { readHdf5 } from '../hdf5/read-hdf5.js'
import { classNameFiles, parseJson } from '../keras-layers/class-names.js'
import { findByNumber } from '../keras-layers/find-weight.js'
import { dialectOf, folderOf, kerasNetwork } from '../keras-layers/keras-network.js'
import { parseTopology } from '../keras-layers/topology.js'
import { largestPiece, type ModelFiles } from '../model-files.js'
import { zipDirectory } from '../zip/directory.js'
import { entryBytes } from '../zip/entry-bytes.js'
import { kerasWriter } from './write.js'

const title = 'Keras model (.keras)'
const metadataSchema = z.looseObject({ keras_version: z.string().default('3') })

/** A description of 64 MB would be of a million layers. */
const largestDescription = 2 ** 26

/**
 * Keras models as model.save('model.keras') writes them: a zip of the description, the version and the weights, which
 * lie in an HDF5 file in groups by the layers' classes. Class names come from `labels.txt` beside it.
 */
export const kerasArchiveFormat: NetworkFormat = {
  id: 'keras',
  title,
  kind: 'network',
  extensions: ['.keras'],
  nameTells: true,
  recognises: (head) =>
    [0x50, 0x4b, 0x03, 0x04].every((byte, index) => head[index] === byte) &&
    /^(metadata\.json|config\.json|model\.weights\.h5)$/.test(firstEntry(head)),
  parts: (_, name) => Promise.resolve([name, ...classNameFiles(folderOf(name))]),
  read: async (files, name) => {
    const entry = await openEntries(files, name)
    const model = parseTopology(parseJson(await entry('config.json', largestDescription)))
    const metadata = metadataSchema.safeParse(parseJson(await entry('metadata.json', largestDescription)))
    const { tensors } = await readHdf5(await entry('model.weights.h5', largestPiece), `model.weights.h5 in ${name}`)
    return kerasNetwork(model, {
      files,
      directory: folderOf(name),
      dialect: dialectOf(metadata.data?.keras_version ?? '3'),
      findWeight: findByNumber(tensors),
      title,
      facts: metadata.data,
    })
  },
  writers: [kerasWriter],
}

/** Name of a zip's first file (its length at 26, its letters from 30 on). */
function firstEntry(head: Uint8Array): string {
  const length = (head[26] ?? 0) + 256 * (head[27] ?? 0)
  return new TextDecoder('latin1').decode(head.subarray(30, 30 + Math.min(length, 1000)))
}

type ReadEntry = (name: string, most: number) => Promise<Uint8Array<ArrayBuffer>>

async function openEntries(files: ModelFiles, file: string): Promise<ReadEntry> {
  const entries = await zipDirectory(files, file)
  return async (name, most) => {
    const entry = entries.get(name)
    if (entry) return entryBytes(files, file, entry, most)
    throw new FormatError(
      `${file} has no entry ${name}, which every .keras file has.`,
      'Save the model again with model.save("model.keras").',
    )
  }
}
