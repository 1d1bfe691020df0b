import type { Sample } from '@graft/graph-schema'
import { readSamples } from '@graft/nodes'
import type { FileBlobStore } from '../../store/file-blob-store.js'
import { notFound } from '../http/http-problem.js'
import type { MemoryBudget } from '../services/memory-budget.js'
import type { Services } from '../services/services.js'
import { thumbnailOfFile, thumbnailOfSample } from './thumbnail.js'
import type { Thumbnail } from './thumbnail.js'

/** What a sample takes beside its texts, roughly. */
const sampleOverhead = 300

/** Where a sample is: in which list, and where that list's relative paths start. */
export interface SamplePlace {
  readonly sha256: string
  readonly root?: string | undefined
  readonly id: string
}

/**
 * Finds samples in the sample lists of datasets; the lists asked for last stay read, within the memory budget. Throws a
 * 404 for lists and ids that aren't there.
 */
export function createSampleFinder(
  store: FileBlobStore,
  budget: MemoryBudget,
): (place: SamplePlace) => Promise<Sample> {
  const lists = new Map<string, Promise<ReadonlyMap<string, Sample>>>()
  const read = async ({ sha256, root }: SamplePlace): Promise<ReadonlyMap<string, Sample>> => {
    if (!(await store.has(sha256))) throw notFound(`artifact ${sha256.slice(0, 12)}…`)
    const samples = await readSamples({ samples: { sha256 }, ...(root === undefined ? {} : { root }) }, store).catch(
      () => {
        throw notFound(`sample list in artifact ${sha256.slice(0, 12)}…`)
      },
    )
    return new Map(samples.map((sample) => [sample.id, sample]))
  }
  return async (place) => {
    const key = JSON.stringify([place.sha256, place.root ?? null])
    const known = lists.get(key) ?? read(place)
    lists.set(key, known)
    const samples = await known.catch((error: unknown) => {
      lists.delete(key)
      throw error
    })
    budget.hold(known, 'sample-lists', bytesOf(samples), () => lists.delete(key))
    const sample = samples.get(place.id)
    if (sample === undefined) throw notFound(`sample of this id in artifact ${place.sha256.slice(0, 12)}…`)
    return sample
  }
}

function bytesOf(samples: ReadonlyMap<string, Sample>): number {
  let bytes = 0
  for (const [id, { path = '', fingerprint }] of samples)
    bytes += id.length + path.length + fingerprint.length + sampleOverhead
  return bytes
}

/** A small JPEG of a sample: of its file, which has to lie inside the data roots, or drawn again. */
export async function sampleThumbnail(services: Services, sample: Sample, size: number): Promise<Thumbnail> {
  return sample.path === undefined
    ? thumbnailOfSample(services, sample, size)
    : thumbnailOfFile(services, (await services.roots.find(sample.path)).path, size)
}
