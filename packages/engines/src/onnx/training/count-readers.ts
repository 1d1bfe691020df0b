import type { Network } from '@graft/network'

/** How often every value is read, by a layer or as the network's result; values that nothing reads are not in it. */
export function countReaders(network: Pick<Network, 'layers' | 'output'>): ReadonlyMap<string, number> {
  const readers = new Map<string, number>([[network.output, 1]])
  for (const { inputs } of network.layers) for (const name of inputs) readers.set(name, (readers.get(name) ?? 0) + 1)
  return readers
}
