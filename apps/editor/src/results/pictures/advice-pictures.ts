import type { AdvicePicture, AdviceValue } from '@graft/graph-schema'
import { addressOf } from '../../api/client.js'
import { artifactAddress } from '../../api/artifact.js'
import type { Picture } from './picture.js'
import { placeOf } from './prediction-pictures.js'

/** Of the small copies that come with an advice. */
const smallPixels = 200

/** Pictures that an advice shows, large ones from the folder as long as it is there. */
export function advicePictures(
  pictures: readonly AdvicePicture[],
  { folder }: AdviceValue['data'],
): readonly Picture[] {
  return pictures.map(({ id, label, thumbnail }) => ({
    id,
    at: (size) =>
      folder !== null && (size > smallPixels || thumbnail === null)
        ? addressOf('getDataThumbnail', { query: { path: placeOf(folder, id), size } })
        : thumbnail === null
          ? null
          : artifactAddress(thumbnail),
    answers: [],
    chosen: [],
    label: label < 0 ? null : label,
  }))
}
