import { addressOf } from '../../api/client.js'

/** The dataset that a sample is of: its sample list, and where the paths in that start. */
interface OfDataset {
  readonly samples: { readonly sha256: string }
  readonly root?: string | undefined
}

/** Where a small image of a sample is; drawn images have one as well. */
export function sampleThumbnail({ samples, root }: OfDataset, id: string, size: number): string {
  return addressOf('getSampleThumbnail', {
    params: { sha256: samples.sha256 },
    query: { id, ...(root === undefined ? {} : { root }), size: Math.min(1024, Math.max(16, Math.round(size))) },
  })
}
