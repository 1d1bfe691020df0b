import type { Batch, Forward } from '../../engine.js'
import { EngineError } from '../../engine.js'
import type { ImageSource } from '../image-source.js'
import type { FeatureStore } from './feature-store.js'

/** What the stepped part of the network is fed with: pictures, or features of a frozen prefix. */
export interface FeatureSource {
  /** Makes sure that a view of every picture is at hand; does nothing when nothing is kept. */
  prepare(view: number): Promise<void>
  /** Announces the next batch. */
  prefetch(indices: readonly number[], view: number): void
  load(indices: readonly number[], view: number): Promise<Batch>
  /** Features found and features computed so far. */
  readonly counts: { readonly cached: number; readonly computed: number }
}

export interface PrefixRun {
  readonly forward: Forward
  /** Layer whose value is the feature. */
  readonly boundary: string
  /** Shape of a feature as the suffix expects it, without the batch axis. */
  readonly shape: readonly number[]
}

/** Pictures as they are: there is no prefix. */
export function createImageFeatures(source: ImageSource): FeatureSource {
  return {
    prepare: async () => {},
    prefetch: (indices, view) => {
      if (indices.length > 0) source.prefetch?.(indices, viewOf(source, view))
    },
    load: (indices, view) => source.load(indices, viewOf(source, view)),
    counts: { cached: 0, computed: 0 },
  }
}

/** Runs the prefix anew for every batch. */
export function createLiveFeatures(source: ImageSource, prefix: PrefixRun): FeatureSource {
  return { ...createImageFeatures(source), load: async (indices, view) => runPrefix(prefix, await source.load(indices, viewOf(source, view))) }
}

export interface CachedFeatureOptions {
  readonly store: FeatureStore
  /** Pictures per forward pass. */
  readonly batchSize: number
  /** Called between forward passes; throws to stop. */
  readonly breathe: () => Promise<void>
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/** Runs the prefix once per distinct picture and view (`ImageSource.key`), and reads features from the store from then on. */
export function createCachedFeatures(source: ImageSource, prefix: PrefixRun, options: CachedFeatureOptions): FeatureSource {
  const { store } = options
  const counts = { cached: 0, computed: 0 }
  const prepared = new Set<number>()

  async function compute(indices: readonly number[], view: number): Promise<void> {
    const size = options.batchSize
    if (indices.length > 0) source.prefetch?.(indices.slice(0, size), view)
    for (let start = 0; start < indices.length; start += size) {
      await options.breathe()
      const chunk = indices.slice(start, start + size)
      if (start + size < indices.length) source.prefetch?.(indices.slice(start + size, start + 2 * size), view)
      const features = await runPrefix(prefix, await source.load(chunk, view))
      await store.put(chunk.map((index) => source.key(index, view)), features.data)
      counts.computed += chunk.length
      options.onProgress?.(start + chunk.length, indices.length)
    }
  }

  return {
    counts,
    prepare: async (wanted) => {
      const view = viewOf(source, wanted)
      if (prepared.has(view)) return
      const indexOfKey = new Map<string, number>()
      for (let index = 0; index < source.count; index++) {
        const key = source.key(index, view)
        if (!indexOfKey.has(key)) indexOfKey.set(key, index)
      }
      const missing = await store.missing([...indexOfKey.keys()])
      counts.cached += indexOfKey.size - missing.length
      await compute(missing.map((key) => indexOfKey.get(key) as number), view)
      prepared.add(view)
    },
    prefetch: () => {},
    load: async (indices, wanted) => {
      const view = viewOf(source, wanted)
      return { shape: [indices.length, ...prefix.shape], data: await store.read(indices.map((index) => source.key(index, view))) }
    },
  }
}

/** Without random augmentation there is only one view. */
function viewOf(source: ImageSource, view: number): number {
  return source.random ? view : 0
}

async function runPrefix({ forward, boundary, shape }: PrefixRun, pictures: Batch): Promise<Batch> {
  const feature = (await forward.run(pictures))[boundary]
  const batch = pictures.shape[0] as number
  if (!feature) throw new EngineError(`The engine gave no value for the layer "${boundary}". This is a defect of the engine; choose another one and report it.`)
  const expected = shape.reduce((product, size) => product * size, batch)
  if (feature.data.length !== expected) {
    throw new EngineError(
      `The layer "${boundary}" gave values of shape [${feature.shape.join(', ')}], but the part that follows expects [${[batch, ...shape].join(', ')}]. ` +
        'Check that the network was cut with splitFrozenPrefix and that its input shape fits the pictures.',
    )
  }
  return { shape: [batch, ...shape], data: feature.data }
}
