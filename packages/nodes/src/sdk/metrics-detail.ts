import { metricsDetailSchema } from '@graft/graph-schema'
import type { BlobReference, MetricsDetail, MetricsValue } from '@graft/graph-schema'
import type { BlobStore } from './node-context.js'

/** Stores the detail of a metrics value as JSON. */
export function storeDetail(detail: { readonly kind: string }, store: BlobStore, name: string): Promise<BlobReference> {
  return store.put(new TextEncoder().encode(JSON.stringify(detail)), 'application/json', name)
}

/**
 * Reads it back, also where an earlier version of Graft stored it. Throws when the blob is gone or is not the detail of
 * metrics.
 */
export async function readDetail(metrics: Pick<MetricsValue, 'detail'>, store: BlobStore): Promise<MetricsDetail> {
  return metricsDetailSchema.parse(JSON.parse(new TextDecoder().decode(await store.get(metrics.detail.sha256))))
}
