import { addressOf } from '../../api/client.js'

/**
 * Where a small image of a sample is: by the blob of its dataset's sample list and its id, so that drawn images
 * have one as well.
 */
export function sampleThumbnail(samples: string, id: string, size: number): string {
  return addressOf('getSampleThumbnail', {
    params: { sha256: samples },
    query: { id, size: Math.min(512, Math.max(16, Math.round(size))) },
  })
}
