import type { WeightsFile } from '../format.js'

/** What training programs put before every name: wrappers of the network. */
const prefixes = ['module.', '_orig_mod.', 'model.', 'backbone.', 'net.', 'network.', 'encoder.', '_model.', 'student.']

/**
 * The file under the names that its tensors have without what stands before all of them (`module.` of DataParallel,
 * `_orig_mod.` of torch.compile, `model.` of Lightning), as often as there is such a prefix.
 */
export function withoutPrefixes(file: WeightsFile): WeightsFile {
  const prefix = prefixOf([...file.shapes.keys()])
  return prefix === ''
    ? file
    : { ...file, shapes: namesWithoutPrefix(file.shapes), read: (name) => file.read(`${prefix}${name}`) }
}

export function namesWithoutPrefix(shapes: WeightsFile['shapes']): WeightsFile['shapes'] {
  const { length } = prefixOf([...shapes.keys()])
  return length === 0 ? shapes : new Map([...shapes].map(([name, shape]) => [name.slice(length), shape]))
}

function prefixOf(names: readonly string[]): string {
  const prefix =
    names.length === 0 ? undefined : prefixes.find((known) => names.every((name) => name.startsWith(known)))
  return prefix === undefined ? '' : prefix + prefixOf(names.map((name) => name.slice(prefix.length)))
}
