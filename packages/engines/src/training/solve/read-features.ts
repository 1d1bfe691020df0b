import { EngineError } from '../../engine.js'
import { range } from '../steps/batches.js'
import { featuresOf } from '../features/features-of.js'
import type { FitPlan } from '../plan/plan-fit.js'
import { createProgress } from '../plan/progress.js'
import type { ImageSource } from '../data/image-source.js'
import type { Solvable } from './solvable.js'

/** Features of every image and view: those of the first view, then those of the second, and so on. */
export interface ReadFeatures {
  readonly values: Float32Array
  readonly rows: number
  readonly cached: number
  readonly computed: number
}

const rowsAtOnce = 256
const mostBytes = 2 * 2 ** 30

/** Runs the frozen part for what isn't kept yet, and reads all of it. Throws EngineError when it is too much. */
export async function readFeatures(
  plan: FitPlan,
  { features, columns }: Pick<Solvable, 'features' | 'columns'>,
  source: ImageSource,
  views: number,
): Promise<ReadFeatures> {
  const { host, options, settings, emit } = plan
  const rows = source.count * views
  refuseTooMuch(rows, columns)
  const values = new Float32Array(rows * columns)
  const counts = { cached: 0, computed: 0 }
  for (let view = 0; view < views; view++) {
    const progress = createProgress(host, 'images', 0, emit)
    const found = await featuresOf(
      options.network,
      options.tensors,
      source,
      [features],
      {
        engines: options.engines,
        view,
        onProgress: progress,
        onWarning: (message) => emit({ type: 'log', level: 'warning', message }),
        ...(options.signal && { signal: options.signal }),
        ...(settings.cacheFeatures !== 'off' && { cacheDirectory: options.cacheDirectory }),
        ...(options.memoryBytes !== undefined && { memoryBytes: options.memoryBytes }),
      },
      host,
    )
    try {
      for (let start = 0; start < source.count; start += rowsAtOnce) {
        await plan.breathe()
        const indices = range(start, rowsAtOnce, source.count)
        const batch = await found.layers[features]?.read(indices)
        if (batch) values.set(batch.data, (view * source.count + start) * columns)
      }
    } finally {
      await found.dispose()
    }
    counts.cached += found.cached
    counts.computed += found.computed
  }
  return { values, rows, ...counts }
}

function refuseTooMuch(rows: number, columns: number): void {
  const bytes = 8 * (rows * columns + (rows < columns ? 2 * rows * rows : 0))
  if (bytes <= mostBytes) return
  throw new EngineError(
    `The solver would need ${(bytes / 2 ** 30).toFixed(1)} GiB for ${rows} times ${columns} features. Expected ${mostBytes / 2 ** 30} GiB at most.`,
    'Pool the features in Add Head, use fewer images or views, or set the method of Train to gradient descent.',
  )
}
