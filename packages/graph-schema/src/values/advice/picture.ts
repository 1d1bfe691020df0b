import { z } from 'zod'
import { blobReferenceSchema } from '../blob-reference.js'

/** An image that the advice shows: where it lies, and a small JPEG of it. */
export const advicePictureSchema = z
  .object({
    /** The sample's id: the path relative to the folder. */
    id: z.string(),
    /** Index of the class that it lies in; -1: it has none. */
    label: z.int().min(-1),
    /** What its neighbours say it is, where that is the point. */
    otherLabel: z.int().min(0).exactOptional(),
    /** Null where it couldn't be made. */
    thumbnail: blobReferenceSchema.nullable(),
  })
  .readonly()
export type AdvicePicture = z.output<typeof advicePictureSchema>
