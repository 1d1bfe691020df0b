import { z } from 'zod'
import { list } from '../fields.js'
import { advicePictureSchema } from './picture.js'

export const findingKinds = ['imbalance', 'duplicates', 'inseparable', 'disagreeing', 'fewPictures'] as const
export type FindingKind = (typeof findingKinds)[number]

/** Something about the images that a person should look at. */
export const adviceFindingSchema = z
  .object({
    kind: z.enum(findingKinds),
    /** `warning`: it makes numbers of this advice doubtful or training worse. */
    severity: z.enum(['note', 'warning']),
    title: z.string(),
    text: z.string(),
    /** What to do about it. */
    fix: z.string(),
    /** The classes that it is about. */
    labels: list(z.int().min(0)),
    /** How many there are in all, of images or pairs; `groups` shows some. */
    count: z.int(),
    /** Images that belong together: the two of a pair, or one that its neighbours disagree with. The clearest first. */
    groups: list(list(advicePictureSchema)),
  })
  .readonly()
export type AdviceFinding = z.output<typeof adviceFindingSchema>
