import type { BlobReference, MetricsValue } from '@graft/graph-schema'
import type { BlobStore } from './define-node.js'
import type { MetricsDetail } from './values.js'

/** Stores the detail of a metrics value as JSON. */
export function storeDetail(detail: { readonly kind: string }, store: BlobStore, name: string): Promise<BlobReference> {
  return store.put(new TextEncoder().encode(JSON.stringify(detail)), 'application/json', name)
}

/** Reads it back; the blob was written by `storeDetail` of this or an earlier run and is addressed by its content. */
export async function readDetail(metrics: MetricsValue, store: BlobStore): Promise<MetricsDetail> {
  return JSON.parse(new TextDecoder().decode(await store.get(metrics.detail.sha256))) as MetricsDetail
}
