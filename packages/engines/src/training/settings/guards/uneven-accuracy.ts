import type { Guard } from './guard.js'

/** Times that the largest class has the images of the smallest. */
const uneven = 10

export const unevenAccuracy: Guard = {
  code: 'uneven-accuracy',
  field: 'monitor',
  check: ({ monitor, sampling, classWeights, focalGamma }, run) => {
    if (run === null || monitor !== 'accuracy') return null
    if (sampling !== 'all' || classWeights !== 'none' || focalGamma > 0) return null
    const counts = run.counts.filter((count) => count > 0)
    const ratio = Math.max(...counts) / Math.min(...counts)
    if (ratio <= uneven) return null
    return {
      message: `The largest class has ${Math.round(ratio)} times the images of the smallest, and epochs are chosen by accuracy, which hardly sees the small ones.`,
      fix: 'Set monitor to macroF1, and classWeights to sqrt or sampling to balanced.',
    }
  },
}
