import { z } from 'zod'
import { fileSourceSchema, generatedSourceSchema } from './sample-source.js'
import type { SampleSource } from './sample-source.js'

/**
 * The truth about a sample, in the words of the data set's task: `single-label`, an index into classNames (-1: not
 * known, as in Predict); `multi-label`, the indices of all classes that are in the image.
 */
export const labelSchema = z.union([z.int().min(-1), z.array(z.int().min(0)).readonly()])
export type Label = z.output<typeof labelSchema>

/** The classes that a label names, by index; none where it isn't known. */
export const classesIn = (label: Label): readonly number[] =>
  typeof label !== 'number' ? label : label < 0 ? [] : [label]

const factsSchema = z.object({
  /** Stable id shown to people: path relative to the root, or `similar/robot/17`. */
  id: z.string(),
  label: labelSchema,
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
