import { z } from 'zod'

/** An image in a file. */
export const fileSourceSchema = z.object({
  /** Where it lies. In a stored sample list relative to the dataset's root, with forward slashes, where it lies in it. */
  path: z.string(),
  /** Stored values that become black and white, for images whose files don't say it; absent: what every file says. */
  values: z.object({ from: z.number(), to: z.number() }).exactOptional(),
})

/** An image that the generator of sample data draws. */
export const generatedSourceSchema = z.object({
  generated: z.object({
    family: z.string(),
    classIndex: z.number(),
    index: z.number(),
    seed: z.number(),
    size: z.number(),
  }),
})

type FileSource = Readonly<z.output<typeof fileSourceSchema>>
type GeneratedSource = Readonly<z.output<typeof generatedSourceSchema>>

/** Where the image of a sample comes from: exactly one of the two. */
export type SampleSource =
  | (FileSource & { readonly generated?: undefined })
  | (GeneratedSource & { readonly path?: undefined; readonly values?: undefined })
