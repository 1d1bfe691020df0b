import type { AdviceValue, BlobReference } from '@graft/graph-schema'
import type { BlobStore } from '../../sdk/node-context.js'
import type { EvaluationDetail } from '../../sdk/values.js'

/** Thumbnails of all top losses, and of what advice shows, as data URIs, by sha256, so that the page needs no other file. */
export async function inlineThumbnails(
  evaluations: readonly EvaluationDetail[],
  store: Pick<BlobStore, 'get'>,
  advice?: AdviceValue,
): Promise<ReadonlyMap<string, string>> {
  const blobs = [
    ...evaluations.flatMap((evaluation) => evaluation.topLosses.map((loss) => loss.thumbnail)),
    ...(advice?.findings ?? []).flatMap(({ groups }) =>
      groups.flat().flatMap(({ thumbnail }): BlobReference[] => (thumbnail === null ? [] : [thumbnail])),
    ),
  ]
  const entries = blobs.map(
    async ({ sha256, mediaType }) =>
      [sha256, `data:${mediaType};base64,${Buffer.from(await store.get(sha256)).toString('base64')}`] as const,
  )
  return new Map(await Promise.all(entries))
}
