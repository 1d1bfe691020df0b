import type { Network, Tensors } from '@graft/network'
import type { Engine } from '../engine.js'
import { createBreather } from './abort.js'
import { countClasses } from './check-inputs.js'
import type { ImageSource } from './image-source.js'
import { openFeatures, type OpenFeatures, tensorsOf, wholeNetwork } from './open-features.js'

export interface PredictOptions {
  /** Pictures per forward pass; default 16. */
  readonly batchSize?: number
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
  /** Takes the frozen part's results from this feature cache, and adds what is missing; what Train has computed is used again. */
  readonly cache?: { readonly directory: string }
}

/**
 * Logits `[n, classes]` of every picture (view 0), in order. Throws EngineError when the network is no classifier or the engine can't run it,
 * and an AbortError once the signal is given.
 */
export async function predictLogits(
  engine: Engine, network: Network, tensors: Tensors, source: ImageSource, options: PredictOptions = {},
): Promise<{ logits: Float32Array; classes: number }> {
  const classes = countClasses(network)
  const breathe = createBreather(options.signal)
  const features = await openPredictFeatures(engine, network, tensors, source, options, breathe)
  try {
    const { suffix } = features
    const forward = await engine.forward(suffix, { tensors: tensorsOf(suffix, tensors) })
    try {
      const logits = new Float32Array(source.count * classes)
      const inputs = features.sources[0] as (typeof features.sources)[number]
      await inputs.prepare(0)
      for (const { indices, next } of chunks(source.count, options.batchSize ?? 16)) {
        await breathe()
        if (next.length > 0) inputs.prefetch(next, 0)
        const result = (await forward.run(await inputs.load(indices, 0)))[suffix.output]
        logits.set(result?.data ?? [], (indices[0] as number) * classes)
        options.onProgress?.((indices.at(-1) as number) + 1, source.count)
      }
      return { logits, classes }
    } finally {
      await forward.dispose()
    }
  } finally {
    await features.dispose()
  }
}

/** Without a cache every picture is seen once, so the network runs in one piece. */
async function openPredictFeatures(
  engine: Engine, network: Network, tensors: Tensors, source: ImageSource, options: PredictOptions, breathe: () => Promise<void>,
): Promise<OpenFeatures> {
  const demands = [{ source, views: 1 }]
  if (!options.cache) return wholeNetwork(network, demands)
  return openFeatures({ network, tensors, engine, breathe, demands, choice: 'auto', cacheDirectory: options.cache.directory, readAgain: false, onLog: () => {} })
}

function* chunks(count: number, size: number): Generator<{ indices: number[]; next: number[] }> {
  const range = (start: number): number[] => Array.from({ length: Math.max(0, Math.min(size, count - start)) }, (_, index) => start + index)
  for (let start = 0; start < count; start += size) yield { indices: range(start), next: range(start + size) }
}
