import type { Guard } from './guard.js'

/** Images from which mean and variance of a batch are worth anything. */
const enough = 16

export const tinyBatchStatistics: Guard = {
  code: 'tiny-batch-statistics',
  field: 'batchSize',
  check: ({ batchSize }, run) => {
    if (run === null || !run.network.layers.some(({ statistics }) => statistics === 'batch')) return null
    const images = Math.min(batchSize === 0 ? enough : batchSize, run.images)
    if (images >= enough) return null
    return {
      message: `Batch normalisation takes its statistics from batches of ${images} images, too few to tell mean and variance by.`,
      fix: `Set batchSize to ${enough} or more, or freeze the statistics (Freeze Range, kinds: statistics).`,
    }
  },
}
