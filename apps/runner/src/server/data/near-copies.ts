import { relative } from 'node:path'
import type { NearCopies, Sample } from '@graft/graph-schema'
import type { Services } from '../services/services.js'
import { datasetOfFolder } from './dataset-of-folder.js'
import { thumbnailAt } from './summarise-dataset.js'

/** Every image is held against every other, so more would take too long for a person who waits. */
const mostCompared = 3000
const mostListed = 50

/** Images of a folder that look the same in different classes or splits: one of them is mislabelled, or a leak. */
export async function findNearCopiesIn(services: Services, path: string): Promise<NearCopies> {
  const { dataset, samples } = await datasetOfFolder(services, path)
  const step = Math.max(1, samples.length / mostCompared)
  // Spread evenly, so that all classes and splits are among them.
  const compared = Array.from(
    { length: Math.min(samples.length, mostCompared) },
    (_, index) => samples[Math.floor(index * step)],
  ).filter((sample) => sample !== undefined)
  const { pairs } = await services.helpers.slow.ask(
    'nearCopies',
    { samples: compared },
    services.limits.inspectMilliseconds,
  )
  const describe = ({ path: file = '', label, split }: Sample): NearCopies['pairs'][number][number] => ({
    file: relative(path, file),
    className: typeof label === 'number' ? (dataset.classNames[label] ?? '') : '',
    ...(split !== undefined && { split }),
    thumbnail: thumbnailAt(file),
  })
  return {
    pairs: pairs.slice(0, mostListed).flatMap(({ one, other }): NearCopies['pairs'] => {
      const [first, second] = [compared[one], compared[other]]
      return first === undefined || second === undefined ? [] : [[describe(first), describe(second)]]
    }),
    count: pairs.length,
    compared: compared.length,
    images: samples.length,
  }
}
