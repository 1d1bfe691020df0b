import type { Guard } from './guard.js'

/** Sampling and class weights each make up for all of the difference; both together turn it round. */
export const balancedTwice: Guard = {
  code: 'balanced-twice',
  field: 'classWeights',
  check: ({ sampling, classWeights }) =>
    sampling === 'balanced' && classWeights !== 'none'
      ? {
          message: 'Rare classes come as often as others and count more as well, so they are made up for twice.',
          fix: 'Set classWeights to none, or sampling to all.',
        }
      : null,
}
