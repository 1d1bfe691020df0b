import type { Guard } from './guard.js'

/** Mixup and cutmix are for images; of a frozen part's results they make what no image gives. */
export const mixedFeatures: Guard = {
  code: 'mixed-features',
  field: 'mix',
  check: ({ mix }, run) =>
    mix !== 'none' && run?.hasFrozenPart
      ? {
          message:
            'Images are to be mixed, but part of the network is frozen and runs before they are: kept features get mixed instead, which is known to hurt.',
          fix: 'Set mix to none, or unfreeze the network from its first layer.',
        }
      : null,
}
