import { z } from 'zod'
import { blobReferenceSchema } from './blob-reference.js'

/** Value on a `file` wire. */
export const fileValueSchema = z.object({ kind: z.literal('file'), blob: blobReferenceSchema })
export type FileValue = Readonly<z.output<typeof fileValueSchema>>
