import { must } from '@graft/errors'
import { inferShapes, type Network, partUpTo, type Tensors } from '@graft/network'
import { type Batch, type Engine, EngineError } from '../../engine.js'
import { createMemoryStore, type FeatureStore } from '../../host/feature-store.js'
import type { Host } from '../../host/host.js'
import { createBreather } from '../plan/abort.js'
import { range } from '../steps/batches.js'
import { BatchMemory } from '../data/batch-memory.js'
import { openKept } from './kept-features.js'
import { prefixKey } from './prefix-key.js'
import type { ImageSource } from '../data/image-source.js'
import { openForward } from '../opening/open-forward.js'
import { tensorsOf } from './open-features.js'

export interface FeaturesOptions {
  readonly engines: { readonly forward: Engine; readonly fallback?: readonly Engine[] | undefined }
  /** Where features are kept from one call to the next, as for `fit`; absent: in memory, for this call. */
  readonly cacheDirectory?: string | undefined
  /** Most bytes of features kept in memory per layer; absent: the cache's default. */
  readonly memoryBytes?: number | undefined
  /** Augmented view of the images; default 0. */
  readonly view?: number
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
  /** Told when another engine than the one asked for runs the network, and why. */
  readonly onWarning?: (message: string) => void
}

/** Values of one layer for every image of a source. */
export interface LayerFeatures {
  /** Without the batch axis, in NCHW. */
  readonly shape: readonly number[]
  /** Float32 values `[n, ...shape]` of the images with these indices, in that order. */
  read(indices: readonly number[]): Promise<Batch>
}

export interface Features {
  /** By layer name, as asked for. */
  readonly layers: Readonly<Record<string, LayerFeatures>>
  /** Images whose values were all there already, and those that went through the network. */
  readonly cached: number
  readonly computed: number
  dispose(): Promise<void>
}

/** Images per forward pass of a network without a preference, and those announced beyond. */
const usualBatchSize = 16
const imagesAhead = 48

/**
 * Features of several layers for every image, in one pass over what is missing. They are kept like those of the frozen
 * prefix (the same files, where one layer is asked for and training cuts there), so that what has been looked at once
 * isn't computed again. The network runs in evaluation mode, frozen or not. Throws NetworkError for a layer that isn't
 * there, EngineError when no engine can run it, and an AbortError once the signal is given.
 *
 * @example
 * const features = await featuresOf(network, tensors, source, ['stage3', 'head.flatten'], { engines, cacheDirectory })
 * const { shape, data } = await features.layers['head.flatten'].read([0, 1, 2])   // [3, 256]
 * await features.dispose()
 */
export async function featuresOf(
  network: Network,
  tensors: Tensors,
  source: ImageSource,
  layers: readonly string[],
  options: FeaturesOptions,
  host: Host,
): Promise<Features> {
  const wanted = [...new Set(layers)]
  const part = partUpTo(network, wanted)
  const shapes = inferShapes(part)
  const view = source.random ? (options.view ?? 0) : 0
  const open = (engine: Engine): Promise<readonly KeptLayer[]> =>
    openStores({ part, tensors: tensorsOf(part, tensors), wanted, shapes, engine, options, host })
  const pass = { part, tensors, source, view, wanted, options, host }
  const { kept, cached, computed } = await fill(pass, await open(options.engines.forward), open)
  return {
    layers: Object.fromEntries(
      kept.map(({ name, shape, store }) => [
        name,
        {
          shape,
          read: async (indices: readonly number[]) => ({
            shape: [indices.length, ...shape],
            data: await store.read(indices.map((index) => source.key(index, view))),
          }),
        },
      ]),
    ),
    cached,
    computed,
    dispose: async () => void (await Promise.all(kept.map(({ store }) => store.close()))),
  }
}

interface KeptLayer {
  readonly name: string
  readonly shape: readonly number[]
  readonly store: FeatureStore
}

interface Pass {
  readonly part: Network
  readonly tensors: Tensors
  readonly source: ImageSource
  readonly view: number
  readonly wanted: readonly string[]
  readonly options: FeaturesOptions
  readonly host: Host
}

interface StoreQuestion extends Pick<Pass, 'part' | 'tensors' | 'wanted' | 'options' | 'host'> {
  readonly shapes: ReadonlyMap<string, readonly number[]>
  readonly engine: Engine
}

async function openStores({
  part,
  tensors,
  wanted,
  shapes,
  engine,
  options,
  host,
}: StoreQuestion): Promise<readonly KeptLayer[]> {
  const { cacheDirectory, memoryBytes } = options
  const cache =
    cacheDirectory === undefined
      ? undefined
      : host.openFeatureCache?.(cacheDirectory, memoryBytes === undefined ? {} : { memoryBytes })
  const openOne = async (name: string, length: number): Promise<FeatureStore> => {
    if (!cache) return createMemoryStore(length)
    if (wanted.length === 1) return openKept(cache, part, tensors, engine, { hashes: host.hashes, length })
    // With several outputs an engine may fuse other layers, which rounds differently.
    const key = await prefixKey(part, tensors, engine, host.hashes)
    return cache.open(host.hashes.text(JSON.stringify([key, name, wanted.toSorted()])), length)
  }
  return Promise.all(
    wanted.map(async (name) => {
      const [, ...shape] = must(shapes.get(name), `the shape of ${name}`)
      const length = shape.reduce((product, size) => product * size, 1)
      return { name, shape, store: await openOne(name, length) }
    }),
  )
}

interface Filled {
  readonly kept: readonly KeptLayer[]
  readonly cached: number
  readonly computed: number
}

/** Runs the images that are missing in any of the stores; where another engine has to step in, its stores are used. */
async function fill(
  pass: Pass,
  stores: readonly KeptLayer[],
  open: (engine: Engine) => Promise<readonly KeptLayer[]>,
): Promise<Filled> {
  const { part, source, view, wanted, options } = pass
  const indexOfKey = new Map(range(0, source.count, source.count).map((index) => [source.key(index, view), index]))
  if ((await missingIn(stores, indexOfKey)).length === 0) return { kept: stores, cached: indexOfKey.size, computed: 0 }
  const { forward: engine, fallback } = options.engines
  const opened = await openForward(
    [engine, ...(fallback ?? [])],
    part,
    { tensors: tensorsOf(part, pass.tensors), outputs: wanted, many: true },
    options.onWarning ?? (() => {}),
  )
  try {
    const kept = opened.engine === engine ? stores : await open(opened.engine)
    const missing = await missingIn(kept, indexOfKey)
    const size = opened.forward.batchSize ?? usualBatchSize
    const breathe = createBreather(pass.host, options.signal)
    const memory = new BatchMemory()
    for (let start = 0; start < missing.length; start += size) {
      await breathe()
      const chunk = missing.slice(start, start + size)
      source.prefetch?.(missing.slice(start + size, start + size + imagesAhead), view)
      const values = await opened.forward.run(await source.load(chunk, view, memory))
      const keys = chunk.map((index) => source.key(index, view))
      for (const { name, store } of kept) await store.put(keys, valueOf(values, name, engine).data)
      options.onProgress?.(start + chunk.length, missing.length)
    }
    return { kept, cached: indexOfKey.size - missing.length, computed: missing.length }
  } finally {
    await opened.forward.dispose()
  }
}

/** Indices of the images that lack a value in some store, in order. */
async function missingIn(
  kept: readonly KeptLayer[],
  indexOfKey: ReadonlyMap<string, number>,
): Promise<readonly number[]> {
  const keys = await Promise.all(kept.map(({ store }) => store.missing([...indexOfKey.keys()])))
  return [...new Set(keys.flat())]
    .map((key) => must(indexOfKey.get(key), 'the index of an image'))
    .sort((a, b) => a - b)
}

function valueOf(values: Readonly<Record<string, Batch>>, name: string, engine: Engine): Batch {
  const value = values[name]
  if (value) return value
  throw new EngineError(
    `The ${engine.id} engine gave no value for the layer "${name}".`,
    'This is a defect of the engine; choose another one and report it.',
  )
}
