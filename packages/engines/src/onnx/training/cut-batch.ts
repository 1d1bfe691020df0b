import type { TensorData } from '@graft/network'
import type { Batch } from '../../engine.js'
import type { StepPart } from './compile-step.js'

export interface BatchPart {
  readonly kind: StepPart
  readonly index: number
  readonly batch: Batch
  /**
   * Target weights of the part's images, over the whole batch's total: losses and gradients of the parts simply add
   * up.
   */
  readonly targets: TensorData
}

/**
 * Cuts a batch into as few and as equal parts of at most `largest` images as possible; `targets` has one row per
 * image.
 */
export function cutBatch(batch: Batch, targets: Float32Array, largest: number): readonly BatchPart[] {
  const images = batch.shape[0] ?? 0
  const count = Math.max(1, Math.ceil(images / Math.max(1, largest)))
  const bounds = Array.from({ length: count + 1 }, (_, index) => Math.ceil((index * images) / count))
  return Array.from({ length: count }, (_, index) => {
    const [start = 0, end = images] = [bounds[index], bounds[index + 1]]
    const rows = (data: Float32Array): Float32Array =>
      count === 1 ? data : data.subarray((start * data.length) / images, (end * data.length) / images)
    return {
      kind: count === 1 ? 'whole' : index < count - 1 ? 'part' : 'last',
      index,
      batch: { shape: [end - start, ...batch.shape.slice(1)], data: rows(batch.data) },
      targets: { shape: [end - start, targets.length / images], data: rows(targets) },
    }
  })
}
