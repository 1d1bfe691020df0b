import { apiBase } from '@graft/graph-schema'
import type { DatasetSummary, Sample } from '@graft/graph-schema'
import type { Services } from '../services/services.js'
import { datasetOfFolder } from './dataset-of-folder.js'

const samplesPerClass = 12
const mostSkipped = 1000
const mostWarnings = 50

/** What is in a folder of images, in numbers and a few faces. */
export async function summariseDataset(services: Services, path: string): Promise<DatasetSummary> {
  const { dataset, samples, warnings } = await datasetOfFolder(services, path)
  return {
    classes: dataset.classNames.map((name, label) => ({
      name,
      count: dataset.countPerClass[label] ?? 0,
      samples: thumbnailsOf(samples, label),
    })),
    splits: {
      train: countOf(samples, 'train'),
      val: countOf(samples, 'val'),
      test: countOf(samples, 'test'),
      none: countOf(samples, undefined),
    },
    skipped: dataset.skipped.slice(0, mostSkipped).map(({ file, reason }) => ({ file, reason })),
    count: dataset.count,
    // Which files were skipped, and why, is told above.
    warnings: warnings.filter((text) => !text.startsWith('Skipped ')).slice(0, mostWarnings),
    copies: samples.length - new Set(samples.map(({ fingerprint }) => fingerprint)).size,
  }
}

/** Spread over the class, so that a folder sorted by time shows more than its first minute. */
function thumbnailsOf(samples: readonly Sample[], label: number): string[] {
  const paths = samples.flatMap((sample) => (sample.label === label && sample.path !== undefined ? [sample.path] : []))
  const step = Math.max(1, paths.length / samplesPerClass)
  return Array.from(
    { length: Math.min(samplesPerClass, paths.length) },
    (_, index) => paths[Math.floor(index * step)] ?? '',
  ).map(thumbnailAt)
}

function countOf(samples: readonly Sample[], split: 'train' | 'val' | 'test' | undefined): number {
  return samples.filter((sample) => sample.split === split).length
}

/** Address of a small copy of an image. */
export const thumbnailAt = (path: string): string => `${apiBase}/data/thumbnail?path=${encodeURIComponent(path)}`
