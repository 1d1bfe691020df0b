import { classesIn, usualTask } from '@graft/graph-schema'
import type { BlobReference, DatasetValue, Sample } from '@graft/graph-schema'
import type { BlobStore } from './node-context.js'
import { parseSamples, printSamples } from './sample-lines.js'

/** What says where the samples of a dataset are. */
type SampleList = Pick<DatasetValue, 'root'> & { readonly samples: Pick<BlobReference, 'sha256'> }

/** Lists read last, by blob and root; those that no one uses any more may be forgotten. */
const known = new Map<string, WeakRef<readonly Sample[]>>()
/** This many are kept even though no one uses them at the moment: the next node will. */
const keptLists = 4
const recent: (readonly Sample[])[] = []

/**
 * The samples of a dataset value, with absolute paths. A list is parsed once as long as this process needs it. Throws
 * when the blob is gone, is not a sample list, or names files that may not be opened.
 */
export async function readSamples(
  { samples, root }: SampleList,
  store: Pick<BlobStore, 'get' | 'checkPath'>,
): Promise<readonly Sample[]> {
  const key = JSON.stringify([samples.sha256, root ?? null])
  const found = known.get(key)?.deref()
  if (found !== undefined) return found
  const parsed = parseSamples(await store.get(samples.sha256), root)
  if (store.checkPath !== undefined) for (const { path } of parsed) if (path !== undefined) store.checkPath(path)
  known.set(key, new WeakRef(parsed))
  recent.push(parsed)
  if (recent.length > keptLists) recent.shift()
  for (const [old, list] of known) if (list.deref() === undefined) known.delete(old)
  return parsed
}

/** Stores a sample list: one sample on every line; paths inside `root` relative to it. */
export function writeSamples(
  samples: readonly Sample[],
  store: Pick<BlobStore, 'put'>,
  root?: string,
): Promise<BlobReference> {
  return store.put(printSamples(samples, root), 'application/x-ndjson', 'samples.ndjson')
}

/** Number of samples of every class; one that shows several classes counts for each, one without a label for none. */
export function countPerClass(samples: readonly Sample[], classes: number): number[] {
  const counts = new Array<number>(classes).fill(0)
  for (const { label } of samples)
    for (const index of classesIn(label)) if (index < classes) counts[index] = (counts[index] ?? 0) + 1
  return counts
}

/**
 * A dataset value with another choice of samples: counts and blob follow. With a `root`, the list doesn't depend on
 * where that folder lies.
 */
export async function withSamples(
  dataset: Omit<DatasetValue, 'samples' | 'count' | 'countPerClass' | 'task'> & Partial<Pick<DatasetValue, 'task'>>,
  samples: readonly Sample[],
  store: Pick<BlobStore, 'put'>,
): Promise<DatasetValue> {
  const blob = await writeSamples(samples, store, dataset.root)
  const { task = usualTask } = dataset
  return {
    ...dataset,
    task,
    samples: blob,
    count: samples.length,
    countPerClass: countPerClass(samples, dataset.classNames.length),
  }
}
