import type { Network } from '@graft/network'

/** The first network among the values of a node's ports; null when there is none. */
export function firstNetwork(values: Readonly<Record<string, unknown>>): Network | null {
  return (
    Object.values(values)
      .map(networkOf)
      .find((network) => network !== null) ?? null
  )
}

/** The network of a model; of the first one where a port takes several. */
export function networkOf(value: unknown): Network | null {
  const first: unknown = Array.isArray(value) ? (value as unknown[])[0] : value
  return typeof first === 'object' && first !== null && 'kind' in first && first.kind === 'model' && 'network' in first
    ? (first.network as Network)
    : null
}
