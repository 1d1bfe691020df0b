import type { Guard } from './guard.js'

/** Augmentation helps because every epoch sees another view; one that is drawn once and kept is only a worse image. */
export const oneAugmentedView: Guard = {
  code: 'one-augmented-view',
  field: 'views',
  computedToo: true,
  check: ({ views, method, epochs }, run) =>
    run?.augmented && views === 1 && (method !== 'descent' || epochs > 1)
      ? {
          message:
            'One augmented view of each image is drawn and used throughout, so augmentation only makes images worse.',
          fix: 'Set views to 0 (a new one every epoch) or to 4 and more, or remove Augment.',
        }
      : null,
}
