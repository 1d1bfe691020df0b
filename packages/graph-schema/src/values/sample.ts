import { z } from 'zod'

/** One item of a data set. Exactly one of `path` and `generated` says where its image comes from. */
export const sampleSchema = z.object({
  /** Stable id shown to people: path relative to the root, or `similar/robot/17`. */
  id: z.string(),
  /** Absolute path on disk. */
  path: z.string().exactOptional(),
  /** Reference to the generator of sample data. */
  generated: z
    .object({ family: z.string(), classIndex: z.number(), index: z.number(), seed: z.number(), size: z.number() })
    .exactOptional(),
  /** Index into classNames; -1 when unlabelled (Predict). */
  label: z.int().min(-1),
  /** Split given by the source's own train/val/test folders. */
  split: z.enum(['train', 'val', 'test']).exactOptional(),
  /** Samples with the same group never land in different splits. */
  group: z.string().exactOptional(),
  /** sha256 of the file's bytes, or of the generator arguments. */
  fingerprint: z.string(),
})
export type Sample = Readonly<z.output<typeof sampleSchema>>
