import type { AdviceFinding, AdvicePicture } from '@graft/graph-schema'
import { renderThumbnail } from '../../../image-files/thumbnails.js'
import type { NodeContext } from '../../../sdk/node-context.js'
import type { LookedAt } from '../features/looked-at.js'
import type { RawFinding, ShownPicture } from './finding-input.js'

/** The findings with a small JPEG of every image that they show. */
export function showFindings(
  found: readonly RawFinding[],
  looked: LookedAt,
  { store }: Pick<NodeContext, 'store'>,
): Promise<AdviceFinding[]> {
  const show = async ({ index, otherLabel }: ShownPicture): Promise<AdvicePicture> => {
    const sample = looked.samples[index]
    const jpeg = sample === undefined ? null : await renderThumbnail(sample).catch(() => null)
    return {
      id: sample?.id ?? '',
      label: looked.labels[index] ?? -1,
      ...(otherLabel !== undefined && { otherLabel }),
      thumbnail: jpeg === null ? null : await store.put(jpeg, 'image/jpeg', `picture-${index}.jpg`),
    }
  }
  return Promise.all(
    found.map(async (finding) => ({
      ...finding,
      groups: await Promise.all(finding.groups.map((group) => Promise.all(group.map(show)))),
    })),
  )
}
