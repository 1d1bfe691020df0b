import { reasonOf } from '@graft/errors'
import { damagedHdf5, type Hdf5Contents } from './contents.js'
import { type Hdf5Part, readHdf5Parts } from './read-contents.js'

/**
 * Texts and numbers of an HDF5 file. In Node a thread of its own reads it, which is ended when it makes no progress or
 * runs out of memory. Takes the bytes over: they are gone afterwards.
 * @param label for messages: the file's name
 * @throws FormatError when the file is damaged, or isn't read in time
 */
export async function readHdf5(bytes: Uint8Array<ArrayBuffer>, label: string): Promise<Hdf5Contents> {
  const attributes: Record<string, string> = {}
  const tensors = new Map<string, Hdf5Contents['tensors'] extends ReadonlyMap<string, infer Tensor> ? Tensor : never>()
  const take = (part: Hdf5Part): void => {
    if (part.kind === 'attribute') attributes[part.name] = part.value
    else if (part.kind === 'tensor') tensors.set(part.path, part.tensor)
  }
  try {
    if (!(await readInThread(bytes, take))) for await (const part of readHdf5Parts(bytes)) take(part)
  } catch (error) {
    throw damagedHdf5(label, plainReason(reasonOf(error)))
  }
  return { attributes, tensors }
}

/** The library reports a stack of C functions; its first line says what could not be done. */
const plainReason = (reason: string): string => /#000: .*?\(\): ([^\n]*)/.exec(reason)?.[1] ?? reason

/** False where there are no threads: in a browser, or when Graft's sources run without having been built. */
async function readInThread(bytes: Uint8Array<ArrayBuffer>, take: (part: Hdf5Part) => void): Promise<boolean> {
  if (typeof process === 'undefined') return false
  const { readHdf5InThread } = await import('./thread-node.js')
  return readHdf5InThread(bytes, take)
}
