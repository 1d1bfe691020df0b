import { z } from 'zod'
import { blobReferenceSchema } from './blob-reference.js'

/** Value on a `report` wire: a page. */
export const reportValueSchema = z.object({ kind: z.literal('report'), blob: blobReferenceSchema, title: z.string() })
export type ReportValue = Readonly<z.output<typeof reportValueSchema>>
