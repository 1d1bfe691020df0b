import { z } from 'zod'

/** One augmentation as data; `name` picks the transform, drawn deterministically from (seed, sample, view). */
export const transformSchema = z.object({
  name: z.string(),
  options: z
    .record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.array(z.number()).readonly()]))
    .readonly(),
  seed: z.number(),
})
export type Transform = Readonly<z.output<typeof transformSchema>>
