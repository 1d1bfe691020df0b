import { z } from 'zod'

/** A file in the content-addressed store, as values, events and outputs name it. */
export const blobReferenceSchema = z.object({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.number(),
  mediaType: z.string(),
  /** Suggested file name. */
  name: z.string().exactOptional(),
})
export type BlobReference = Readonly<z.output<typeof blobReferenceSchema>>
