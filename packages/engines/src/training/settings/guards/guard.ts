import type { Network } from '@graft/network'
import type { z } from 'zod'
import type { formFields } from '../fields.js'

/** What guards read of settings; a form's params have it all, and more. */
export type Guarded = Omit<z.output<z.ZodObject<typeof formFields>>, 'classWeights'> & {
  readonly classWeights: string | readonly number[]
}

/** What is to be trained, on what. */
export interface GuardedRun {
  readonly network: Network
  /** Does a part run before what is trained, whose results are kept? */
  readonly hasFrozenPart: boolean
  /** Multiplier on the learning rate of every trainable parameter, by name. */
  readonly learningRateScale: Readonly<Record<string, number>>
  /** Training images of each class. */
  readonly counts: readonly number[]
  readonly images: number
  /** Are they augmented at random? */
  readonly augmented: boolean
}

/**
 * A combination of settings that is known to hurt. One file per guard, listed in `guards/index.ts`: a form warns by those
 * that need settings only, a run by all.
 */
export interface Guard {
  readonly code: string
  /** The field that the fix is about. */
  readonly field: keyof typeof formFields
  /** Also where the head is computed at once; absent: gradient descent only. */
  readonly computedToo?: true
  /** What is wrong and what to do; null: nothing. `run` is null while only the settings are known. */
  check(settings: Guarded, run: GuardedRun | null): { readonly message: string; readonly fix: string } | null
}
