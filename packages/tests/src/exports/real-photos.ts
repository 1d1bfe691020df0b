import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Sample } from '@graft/graph-schema'

const real = process.env.GRAFT_REAL_DATA ?? fileURLToPath(new URL('../../../../../shared/real', import.meta.url))

export const realMobilenet = join(real, 'mobilenet_v1_0.75_224')
export const imagenetPhotos = join(real, 'imagenet_sample')
/** Ants and bees, in train and val. */
export const realPhotos = join(real, 'hymenoptera')

/** Whether there are real photos and a real network here; if not, why tests on them are skipped is printed. */
export const hasRealData = [realMobilenet, imagenetPhotos, realPhotos].every((folder) => existsSync(folder))
if (!hasRealData)
  console.log(
    `skipped: no real data at ${real}; set GRAFT_REAL_DATA to the folder that holds mobilenet_v1_0.75_224 and imagenet_sample`,
  )

/** So many of the 1,000 photos, evenly spread, with the index of their class. */
export function imagenetSamples(count: number): readonly Sample[] {
  const names = readdirSync(imagenetPhotos)
    .filter((name) => name.endsWith('.jpg'))
    .sort()
  return Array.from({ length: count }, (_, index) => {
    const label = Math.floor((index * names.length) / count)
    const path = join(imagenetPhotos, names[label] ?? '')
    const fingerprint = createHash('sha256').update(readFileSync(path)).digest('hex')
    return { id: names[label] ?? '', path, label, fingerprint } as Sample
  })
}
