import type { TensorData } from '../../network.js'
import { joined } from '../support/write-zip.js'
import { hdf5Signature } from './contents.js'
import {
  contiguousData,
  dataspace,
  float32Type,
  groupFacts,
  hardLink,
  type Message,
  noFillValue,
  objectHeader,
  undefinedAddress,
} from './messages.js'

const superblockBytes = 96

/** A group holds groups and tensors by name. */
interface Group {
  readonly entries: Map<string, Group | TensorData>
}

/**
 * An HDF5 file of float32 tensors by path (`layers/conv2d/vars/0`), in the oldest layout that every reader knows. The
 * same tensors give the same bytes: the HDF Group's own library writes the time beside every one. Source: HDF5 File
 * Format Specification 3.0, superblock 0, object headers 1.
 */
export function writeHdf5(tensors: ReadonlyMap<string, TensorData>): Uint8Array {
  const file = new Placed(superblockBytes)
  const root = writeGroup(file, treeOf(tensors))
  return joined([superblock(root, file.end), ...file.parts])
}

/** Parts of a file, one after the other, each at a multiple of eight bytes. */
class Placed {
  readonly parts: Uint8Array[] = []
  end: number

  constructor(start: number) {
    this.end = start
  }

  /** Gives the address. */
  add(bytes: Uint8Array): number {
    const address = this.end
    const padding = (8 - (bytes.length % 8)) % 8
    this.parts.push(bytes, new Uint8Array(padding))
    this.end += bytes.length + padding
    return address
  }
}

function treeOf(tensors: ReadonlyMap<string, TensorData>): Group {
  const root: Group = { entries: new Map() }
  for (const [path, tensor] of tensors) {
    const names = path.split('/')
    const last = names.pop() ?? ''
    let group = root
    for (const name of names) {
      const found = group.entries.get(name)
      const inner = found !== undefined && 'entries' in found ? found : { entries: new Map() }
      group.entries.set(name, inner)
      group = inner
    }
    group.entries.set(last, tensor)
  }
  return root
}

/** Writes what is in a group, then the group; gives its address. */
function writeGroup(file: Placed, { entries }: Group): number {
  const links: Message[] = []
  for (const [name, entry] of entries) {
    const address = 'entries' in entry ? writeGroup(file, entry) : writeTensor(file, entry)
    links.push(hardLink(name, address))
  }
  return file.add(objectHeader([...groupFacts(), ...links]))
}

function writeTensor(file: Placed, { shape, data }: TensorData): number {
  const address = file.add(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  return file.add(
    objectHeader([dataspace(shape), float32Type(), noFillValue(), contiguousData(address, data.byteLength)]),
  )
}

function superblock(root: number, end: number): Uint8Array {
  const bytes = new Uint8Array(superblockBytes)
  const view = new DataView(bytes.buffer)
  bytes.set(hdf5Signature)
  // Addresses and lengths of eight bytes; sizes of nodes, which files without trees don't use.
  bytes.set([8, 8], 13)
  view.setUint16(16, 4, true)
  view.setUint16(18, 16, true)
  for (const [at, value] of [
    [32, undefinedAddress],
    [40, BigInt(end)],
    [48, undefinedAddress],
    [64, BigInt(root)],
  ] as const)
    view.setBigUint64(at, value, true)
  return bytes
}
