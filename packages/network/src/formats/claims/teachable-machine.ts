import { z } from 'zod'
import type { Claim } from './claim.js'
import { scalingNamed } from '../../preprocessing/scalings.js'

const schema = z.looseObject({ packageName: z.literal('@teachablemachine/image') })

/** Teachable Machine's `metadata.json`: its library cuts a square out of the middle and scales to -1..1. */
export function readTeachableMachine(json: unknown): Claim | null {
  return schema.safeParse(json).success
    ? {
        preprocessing: {
          ...scalingNamed('minus-one-to-one'),
          resize: 'crop',
          cropFraction: 1,
          interpolation: 'bilinear',
        },
      }
    : null
}
