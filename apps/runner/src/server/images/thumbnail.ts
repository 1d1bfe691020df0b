import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sample } from '@graft/graph-schema'
import { hash } from '../../cache/cache-key.js'
import { writeAtomically } from '../../store/write-atomically.js'
import type { Services } from '../services/services.js'

export interface Thumbnail {
  readonly path: string
  readonly key: string
}

/**
 * A small JPEG of an image file, made once and kept with the derived data. `content`: what the file holds, where that
 * is known; else its time and size stand for it.
 */
export async function thumbnailOfFile(
  services: Services,
  path: string,
  size: number,
  content?: string,
): Promise<Thumbnail> {
  const facts: string = content ?? (await stat(path).then(({ mtimeMs, size: bytes }) => `${path} ${mtimeMs} ${bytes}`))
  return thumbnailOfSample(services, { id: 'image', path, label: -1, fingerprint: facts }, size)
}

/** The same of one image of a dataset; drawn ones have one too. */
export async function thumbnailOfSample({ home, helpers }: Services, sample: Sample, size: number): Promise<Thumbnail> {
  const key = hash(`thumbnail ${size} ${sample.fingerprint}`)
  const file = join(home.derived, 'thumbnails', key.slice(0, 2), `${key}.jpg`)
  if ((await stat(file).catch(() => null)) === null) {
    const { jpeg } = await helpers.quick.ask('thumbnail', { sample, size }, 30_000)
    await writeAtomically(file, jpeg)
  }
  return { path: file, key }
}
