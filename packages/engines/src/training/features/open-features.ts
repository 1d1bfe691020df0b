import { inferShapes, type Network, splitFrozenPrefix, type Tensors } from '@graft/network'
import type { Engine } from '../../engine.js'
import type { Host } from '../../host/host.js'
import { decideCaching } from './caching-policy.js'
import { createCachedFeatures, createImageFeatures, createLiveFeatures, type FeatureSource } from './feature-source.js'
import { createMemoryStore, type FeatureStore } from '../../host/feature-store.js'
import { createFrozenPass } from './frozen-pass.js'
import { openKept } from './kept-features.js'
import type { PrefixReport } from '../plan/fit-types.js'
import type { ImageSource } from '../data/image-source.js'
import { openForward } from '../opening/open-forward.js'
import type { TrainSettings } from '../settings/index.js'

/** What `openFeatures` reads from: a source, and how many of its views will be asked for. */
export interface FeatureDemand {
  readonly source: ImageSource
  readonly views: number
}

export interface OpenFeaturesOptions {
  readonly network: Network
  readonly tensors: Tensors
  readonly engine: Engine
  /** Who runs the frozen part if `engine` can't. */
  readonly fallback?: readonly Engine[] | undefined
  readonly demands: readonly FeatureDemand[]
  readonly choice: TrainSettings['cacheFeatures']
  readonly host: Host
  readonly cacheDirectory?: string | undefined
  /** Most bytes of features kept in memory; absent: the cache's default. */
  readonly memoryBytes?: number | undefined
  /** Does this call read the same features more than once? */
  readonly readAgain: boolean
  readonly breathe: () => Promise<void>
  readonly onProgress?: ((done: number, total: number) => void) | undefined
  readonly onLog: (message: string) => void
  /** Told when another engine than the one asked for runs the frozen part, and why. */
  readonly onWarning: (message: string) => void
}

/** The part of the network that is left to run, and what feeds it. */
export interface OpenFeatures {
  readonly suffix: Network
  /** One per demand, in order. */
  readonly sources: readonly FeatureSource[]
  report(): PrefixReport
  dispose(): Promise<void>
}

/**
 * Splits the frozen part off, and decides whether its results are kept. It is opened when an image has to go through
 * it.
 */
export async function openFeatures(options: OpenFeaturesOptions): Promise<OpenFeatures> {
  const { prefix, suffix, boundary } = splitFrozenPrefix(options.network)
  if (!prefix || boundary === null) return wholeNetwork(options.network, options.demands)
  const tensors = tensorsOf(prefix, options.tensors)
  const length = (inferShapes(prefix).get(prefix.output) ?? []).reduce((product, size) => product * size, 1)
  const pass = await createFrozenPass({
    boundary: prefix.output,
    shape: suffix.input.shape,
    engine: options.engine,
    // However few are missing: features that are computed together with many others or alone must be the same, bit for
    // bit.
    open: () =>
      openForward([options.engine, ...(options.fallback ?? [])], prefix, { tensors, many: true }, options.onWarning),
    openStore: keeper(options, prefix, tensors, length),
  })
  const sources = options.demands.map(({ source }) =>
    pass.store ? createCachedFeatures(source, pass, options) : createLiveFeatures(source, pass),
  )
  const report = (): PrefixReport => {
    const cached = sources.reduce((sum, { counts }) => sum + counts.cached, 0)
    const computed = sources.reduce((sum, { counts }) => sum + counts.computed, 0)
    return {
      layers: prefix.layers.length,
      boundary,
      cached,
      computed,
      bytes: (cached + computed) * length * Float32Array.BYTES_PER_ELEMENT,
    }
  }
  return { suffix, sources, report, dispose: () => pass.dispose() }
}

/** The same for a network that is not split. */
export function wholeNetwork(network: Network, demands: readonly FeatureDemand[]): OpenFeatures {
  return {
    suffix: network,
    sources: demands.map(({ source }) => createImageFeatures(source)),
    report: () => ({ layers: 0, boundary: null, cached: 0, computed: 0, bytes: 0 }),
    dispose: async () => {},
  }
}

/** Opens what is kept of an engine's features; null when nothing is, which is logged. */
function keeper(
  options: OpenFeaturesOptions,
  prefix: Network,
  tensors: Tensors,
  length: number,
): ((engine: Engine) => Promise<FeatureStore>) | null {
  const { demands, choice, memoryBytes, host } = options
  const cacheDirectory = host.openFeatureCache ? options.cacheDirectory : undefined
  const records = demands.reduce((sum, { source, views }) => sum + source.count * (source.random ? views : 1), 0)
  const decision = decideCaching({
    choice,
    featureLength: length,
    inputShape: prefix.input.shape,
    records,
    onDisk: cacheDirectory !== undefined,
    readAgain: options.readAgain || cacheDirectory !== undefined,
  })
  if (!decision.cache) {
    if (choice === 'auto')
      options.onLog(`The frozen part runs again for every batch instead of once: ${decision.reason}.`)
    return null
  }
  const cache =
    cacheDirectory !== undefined &&
    host.openFeatureCache?.(cacheDirectory, memoryBytes === undefined ? {} : { memoryBytes })
  if (!cache) return async () => createMemoryStore(length)
  return (engine) => openKept(cache, prefix, tensors, engine, { hashes: host.hashes, length })
}

/** The values of a network's own parameters. */
export function tensorsOf(network: Network, tensors: Tensors): Tensors {
  return new Map(
    Object.keys(network.parameters).flatMap((name) => {
      const tensor = tensors.get(name)
      return tensor ? [[name, tensor] as const] : []
    }),
  )
}
