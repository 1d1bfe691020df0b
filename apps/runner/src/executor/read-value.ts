import { singleLabel } from '@graft/engines'
import { metricsValueSchema } from '@graft/graph-schema'
import type { Port } from '@graft/graph-schema'
import { upgradeNetwork } from '@graft/network'

/** A value as it is today, for the node that gets it; stored ones may have been written by an earlier version. */
export function readValue(kind: Port['kind'], value: unknown): unknown {
  if (kind === 'metrics' && value !== undefined) return metricsValueSchema.parse(value)
  if (kind === 'dataset' && typeof value === 'object' && value !== null) return { task: singleLabel.id, ...value }
  if (kind !== 'model' || typeof value !== 'object' || value === null || !('network' in value)) return value
  const network = upgradeNetwork(value.network)
  return network === value.network ? value : { ...value, network }
}
