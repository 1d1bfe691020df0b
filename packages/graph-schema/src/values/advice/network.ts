import { z } from 'zod'

/** A network that was asked. */
export const advisedNetworkSchema = z
  .object({
    /** By which profiles and candidates name it; unique in this advice. */
    id: z.string(),
    title: z.string(),
    /** As Load Backbone takes it. */
    source: z.string(),
    parameters: z.number(),
    macs: z.number(),
    inputSize: z.int(),
    /** Classes that its own classifier tells; null when it has none. */
    classes: z.int().nullable(),
    /** Images that went through it, and those whose features were kept from before. */
    computed: z.int(),
    cached: z.int(),
    /** Seconds that took. */
    seconds: z.number(),
  })
  .readonly()
export type AdvisedNetwork = z.output<typeof advisedNetworkSchema>
