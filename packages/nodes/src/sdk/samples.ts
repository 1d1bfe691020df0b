import { sampleSchema } from '@graft/graph-schema'
import type { BlobReference, DatasetValue, Sample } from '@graft/graph-schema'
import { z } from 'zod'
import type { BlobStore } from './define-node.js'

/** The sample list of a dataset value. Throws when the blob is gone or is not a sample list. */
export async function readSamples(
  dataset: { readonly samples: Pick<BlobReference, 'sha256'> },
  store: Pick<BlobStore, 'get'>,
): Promise<readonly Sample[]> {
  const json: unknown = JSON.parse(new TextDecoder().decode(await store.get(dataset.samples.sha256)))
  return z.array(sampleSchema).parse(json)
}

/** Stores a sample list. */
export function writeSamples(samples: readonly Sample[], store: Pick<BlobStore, 'put'>): Promise<BlobReference> {
  return store.put(new TextEncoder().encode(JSON.stringify(samples)), 'application/json', 'samples.json')
}

/** Number of samples of every class. */
export function countPerClass(samples: readonly Sample[], classes: number): number[] {
  const counts = new Array<number>(classes).fill(0)
  for (const { label } of samples) if (label >= 0) counts[label] = (counts[label] ?? 0) + 1
  return counts
}

/** A dataset value with another choice of samples: counts and blob follow. */
export async function withSamples(
  dataset: Omit<DatasetValue, 'samples' | 'count' | 'countPerClass'>,
  samples: readonly Sample[],
  store: Pick<BlobStore, 'put'>,
): Promise<DatasetValue> {
  const blob = await writeSamples(samples, store)
  return {
    ...dataset,
    samples: blob,
    count: samples.length,
    countPerClass: countPerClass(samples, dataset.classNames.length),
  }
}
