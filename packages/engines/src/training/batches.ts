import { createRandom, deriveSeed, shuffle } from '@graft/network'
import type { TrainSettings } from './settings/index.js'

/** Which images make up which batch: a pure function of the seed, so that a run can be taken up at any step. */
export interface BatchPlan {
  readonly stepsPerEpoch: number
  /** Indices of the images of every batch of an epoch (epochs from 0). */
  epoch(epoch: number): readonly (readonly number[])[]
}

export interface BatchOptions extends Pick<TrainSettings, 'batchSize' | 'shuffle' | 'seed' | 'dropLast'> {
  readonly count: number
  /**
   * True when batch normalisation with batch statistics is trained: a batch of one image has no variance to speak of.
   */
  readonly batchStatistics: boolean
}

/**
 * Cuts `count` images into batches, in an order drawn from (seed, epoch). The last, smaller batch is dropped as
 * `dropLast` says, never the only one.
 */
export function planBatches(options: BatchOptions): BatchPlan {
  const { count, batchSize, seed } = options
  const full = Math.floor(count / batchSize)
  const stepsPerEpoch = full + (count % batchSize > 0 && !dropsLast(options) ? 1 : 0)
  const inOrder = range(0, count, count)
  return {
    stepsPerEpoch,
    epoch: (epoch) => {
      const order = options.shuffle ? shuffle(inOrder, createRandom(deriveSeed(seed, `epoch ${epoch}`))) : inOrder
      return Array.from({ length: stepsPerEpoch }, (_, step) => order.slice(step * batchSize, (step + 1) * batchSize))
    },
  }
}

function dropsLast({ count, batchSize, dropLast, batchStatistics }: BatchOptions): boolean {
  if (count < batchSize || dropLast === 'never') return false
  return dropLast === 'always' || (batchStatistics && count % batchSize === 1)
}

/** The integers from `start`, `size` of them at most, below `end`. */
export function range(start: number, size: number, end: number): number[] {
  return Array.from({ length: Math.max(0, Math.min(size, end - start)) }, (_, index) => start + index)
}
