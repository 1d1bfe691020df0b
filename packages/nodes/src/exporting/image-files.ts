import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Sample } from '@graft/graph-schema'
import { listPath } from '../image-files/list-files.js'
import { spread } from './image-batches.js'

const photo = /\.(jpe?g|png|webp|bmp|gif|tiff?|avif|heic|heif)$/i
/** More say no more about ranges and differences. */
const most = 200

/** Images of a folder and those inside it, without labels, at most 200 and evenly spread. */
export async function imageFiles(folder: string): Promise<readonly Sample[]> {
  const { files } = await listPath(folder, { followLinks: true, resolvePath: (path) => path })
  const photos = spread(
    files.filter(({ id }) => photo.test(id)),
    most,
  )
  return Promise.all(
    photos.map(async ({ id, path }) => ({
      id,
      path,
      label: -1,
      fingerprint: createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    })),
  )
}
