import type { Batch } from '../../engine.js'
import { EngineError } from '../../engine.js'
import { BatchMemory } from '../data/batch-memory.js'
import type { ImageSource } from '../data/image-source.js'
import type { FeatureStore } from '../../host/feature-store.js'
import type { FrozenPass } from './frozen-pass.js'

/** What the stepped part of the network is fed with: images, or features of a frozen prefix. */
export interface FeatureSource {
  /** Makes sure that a view of every image is at hand; does nothing when nothing is kept. */
  prepare(view: number): Promise<void>
  /** Announces the next batch. */
  prefetch(indices: readonly number[], view: number): void
  /** The values are good until the next call. */
  load(indices: readonly number[], view: number): Promise<Batch>
  /** Features found and features computed so far. */
  readonly counts: { readonly cached: number; readonly computed: number }
}

/** Images as they are: there is no prefix. */
export function createImageFeatures(source: ImageSource): FeatureSource {
  const memory = new BatchMemory()
  return {
    prepare: async () => {},
    prefetch: (indices, view) => {
      if (indices.length > 0) source.prefetch?.(indices, viewOf(source, view))
    },
    load: (indices, view) => source.load(indices, viewOf(source, view), memory),
    counts: { cached: 0, computed: 0 },
  }
}

/** Runs the frozen part again for every batch. */
export function createLiveFeatures(source: ImageSource, pass: FrozenPass): FeatureSource {
  const images = createImageFeatures(source)
  return {
    ...images,
    prepare: async () => void (await pass.forward()),
    load: async (indices, view) => computeFeatures(pass, await images.load(indices, view)),
  }
}

/** Images per forward pass of a frozen part that has no preference. */
const usualBatchSize = 16
/** Images that are announced beyond those that go through the frozen part. */
const imagesAhead = 48

export interface CachedFeatureOptions {
  /** Called between forward passes; throws to stop. */
  readonly breathe: () => Promise<void>
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/**
 * Runs the frozen part once per distinct image and view (`ImageSource.key`), and reads features from the pass's store
 * from then on.
 */
export function createCachedFeatures(
  source: ImageSource,
  pass: FrozenPass,
  options: CachedFeatureOptions,
): FeatureSource {
  const counts = { cached: 0, computed: 0 }
  const memory = new BatchMemory()
  /** Views whose features are all in a store. */
  const prepared = new Map<FeatureStore, Set<number>>()

  async function compute(store: FeatureStore, indices: readonly number[], view: number): Promise<void> {
    if (indices.length === 0) return
    const size = (await pass.forward()).batchSize ?? usualBatchSize
    for (let start = 0; start < indices.length; start += size) {
      await options.breathe()
      const chunk = indices.slice(start, start + size)
      source.prefetch?.(indices.slice(start + size, start + size + imagesAhead), view)
      const features = await computeFeatures(pass, await source.load(chunk, view, memory))
      await store.put(
        chunk.map((index) => source.key(index, view)),
        features.data,
      )
      counts.computed += chunk.length
      options.onProgress?.(start + chunk.length, indices.length)
    }
  }

  async function fill(store: FeatureStore, view: number): Promise<void> {
    const indexOfKey = firstIndices(source, view)
    const missing = await store.missing([...indexOfKey.keys()])
    const indices = missing.map((key) => indexOfKey.get(key) as number)
    if (indices.length > 0) {
      // Decoded while the frozen part is being opened.
      source.prefetch?.(indices.slice(0, imagesAhead), view)
      await pass.forward()
    }
    // What another engine computes is kept elsewhere, and may be there already.
    if (pass.store !== store) return
    counts.cached += indexOfKey.size - missing.length
    await compute(store, indices, view)
    prepared.set(store, (prepared.get(store) ?? new Set()).add(view))
  }

  /** The store that has every feature of a view. */
  async function filled(view: number): Promise<FeatureStore> {
    for (;;) {
      const { store } = pass
      if (!store)
        throw new EngineError(
          'Features are to be read that nothing keeps.',
          'This is a defect of Graft; please report it.',
        )
      if (prepared.get(store)?.has(view)) return store
      await fill(store, view)
    }
  }

  return {
    counts,
    prepare: async (view) => void (await filled(viewOf(source, view))),
    prefetch: () => {},
    load: async (indices, wanted) => {
      const view = viewOf(source, wanted)
      const store = await filled(view)
      return {
        shape: [indices.length, ...pass.shape],
        data: await store.read(indices.map((index) => source.key(index, view))),
      }
    },
  }
}

/** Where each distinct image of a view is met first, by its key. */
function firstIndices(source: ImageSource, view: number): ReadonlyMap<string, number> {
  const indices = new Map<string, number>()
  for (let index = 0; index < source.count; index++) {
    const key = source.key(index, view)
    if (!indices.has(key)) indices.set(key, index)
  }
  return indices
}

/** Without random augmentation there is only one view. */
function viewOf(source: ImageSource, view: number): number {
  return source.random ? view : 0
}

async function computeFeatures(pass: FrozenPass, images: Batch): Promise<Batch> {
  const { boundary, shape } = pass
  const forward = await pass.forward()
  const feature = (await forward.run(images))[boundary]
  const batch = images.shape[0] as number
  if (!feature)
    throw new EngineError(
      `The engine gave no value for the layer "${boundary}".`,
      'This is a defect of the engine; choose another one and report it.',
    )
  const expected = shape.reduce((product, size) => product * size, batch)
  if (feature.data.length !== expected) {
    throw new EngineError(
      `The layer "${boundary}" gave values of shape [${feature.shape.join(', ')}], but the part that follows expects [${[batch, ...shape].join(', ')}].`,
      'Check that the network was cut with splitFrozenPrefix and that its input shape fits the images.',
    )
  }
  return { shape: [batch, ...shape], data: feature.data }
}
