import type { Network, Tensors } from '@graft/network'
import { type Engine, EngineError } from '../../engine.js'
import type { Host } from '../../host/host.js'
import { createBreather } from '../plan/abort.js'
import { countClasses } from '../data/check-inputs.js'
import type { ImageSource } from '../data/image-source.js'
import { range } from '../steps/batches.js'
import { openForward } from '../opening/open-forward.js'
import { openFeatures, type OpenFeatures, tensorsOf, wholeNetwork } from './open-features.js'

export interface PredictOptions {
  /** Most images per forward pass; default 16. */
  readonly batchSize?: number
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
  /** Who runs what `engine` can't, in this order. */
  readonly fallback?: readonly Engine[] | undefined
  /** Told when another engine than the one asked for runs the network, and why. */
  readonly onWarning?: ((message: string) => void) | undefined
  /**
   * Takes the frozen part's results from this feature cache, and adds what is missing; what Train has computed is used
   * again.
   */
  readonly cache?: { readonly directory: string; readonly memoryBytes?: number | undefined }
}

/**
 * Logits `[n, classes]` of every image (view 0), in order. Throws EngineError when the network is not a classifier or
 * the engine can't run it, and an AbortError once the signal is given.
 */
export async function predictLogits(
  engine: Engine,
  network: Network,
  tensors: Tensors,
  source: ImageSource,
  options: PredictOptions,
  host: Host,
): Promise<{ logits: Float32Array; classes: number }> {
  const classes = countClasses(network)
  const batchSize = options.batchSize ?? 16
  const breathe = createBreather(host, options.signal)
  const features = await openPredictFeatures(engine, network, tensors, source, options, host, breathe)
  try {
    const { suffix } = features
    const { forward } = await openForward(
      [engine, ...(options.fallback ?? [])],
      suffix,
      { tensors: tensorsOf(suffix, tensors), many: batchSize >= 8 && source.count >= 1024 },
      options.onWarning ?? (() => {}),
    )
    try {
      const logits = new Float32Array(source.count * classes)
      const inputs = features.sources[0] as (typeof features.sources)[number]
      await inputs.prepare(0)
      inputs.prefetch(range(0, batchSize, source.count), 0)
      for (let start = 0; start < source.count; start += batchSize) {
        await breathe()
        const indices = range(start, batchSize, source.count)
        inputs.prefetch(range(start + batchSize, batchSize, source.count), 0)
        const result = (await forward.run(await inputs.load(indices, 0)))[suffix.output]
        if (!result)
          throw new EngineError(
            `The ${engine.id} engine gave no value for the layer "${suffix.output}".`,
            'This is a defect of the engine; choose another one and report it.',
          )
        logits.set(result.data, (indices[0] as number) * classes)
        if (!options.cache) options.onProgress?.((indices.at(-1) as number) + 1, source.count)
      }
      if (options.cache) options.onProgress?.(source.count, source.count)
      return { logits, classes }
    } finally {
      await forward.dispose()
    }
  } finally {
    await features.dispose()
  }
}

/** Without a cache every image is seen once, so the network runs in one piece. */
async function openPredictFeatures(
  engine: Engine,
  network: Network,
  tensors: Tensors,
  source: ImageSource,
  options: PredictOptions,
  host: Host,
  breathe: () => Promise<void>,
): Promise<OpenFeatures> {
  const demands = [{ source, views: 1 }]
  if (!options.cache) return wholeNetwork(network, demands)
  return openFeatures({
    host,
    network,
    tensors,
    engine,
    fallback: options.fallback,
    breathe,
    demands,
    choice: 'auto',
    cacheDirectory: options.cache.directory,
    memoryBytes: options.cache.memoryBytes,
    readAgain: false,
    onLog: () => {},
    onWarning: options.onWarning ?? (() => {}),
    // Computing features is where the time goes; those that are there already count as done.
    onProgress: (done, total) => options.onProgress?.(source.count - total + done, source.count),
  })
}
