import { z } from 'zod'
import { fileSourceSchema, generatedSourceSchema } from './sample-source.js'
import type { SampleSource } from './sample-source.js'

const factsSchema = z.object({
  /** Stable id shown to people: path relative to the root, or `similar/robot/17`. */
  id: z.string(),
  /** Index into classNames; -1 when unlabelled (Predict). */
  label: z.int().min(-1),
  /** Split given by the source's own train/val/test folders. */
  split: z.enum(['train', 'val', 'test']).exactOptional(),
  /** Samples with the same group never land in different splits. */
  group: z.string().exactOptional(),
  /** sha256 of the file's bytes, or of the generator arguments. */
  fingerprint: z.string(),
})

/** One item of a data set: what is known of it, and where its image comes from. */
export type Sample = Readonly<z.output<typeof factsSchema>> & SampleSource

/** Reads a sample from JSON. */
export const sampleSchema: z.ZodType<Sample> = z.union([
  factsSchema.extend(fileSourceSchema.shape),
  factsSchema.extend(generatedSourceSchema.shape),
])
