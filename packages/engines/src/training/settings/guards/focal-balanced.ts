import type { Guard } from './guard.js'

/** Focal loss lifts rare classes, since their images are answered worse; it was found without other remedies beside it. */
export const focalBalanced: Guard = {
  code: 'focal-balanced',
  field: 'focalGamma',
  check: ({ focalGamma, sampling, classWeights }) =>
    focalGamma > 0 && (sampling === 'balanced' || classWeights !== 'none')
      ? {
          message: `Focal loss lifts rare classes, and ${sampling === 'balanced' ? 'balanced sampling' : 'class weights'} lift them once more.`,
          fix: 'Take one of them: set focalGamma to 0, or sampling to all and classWeights to none.',
        }
      : null,
}
