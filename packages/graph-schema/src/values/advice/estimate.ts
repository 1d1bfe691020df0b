import { z } from 'zod'

/** A measured or predicted number with its 95 % interval: never a point alone. What can't be known is null instead. */
export const estimateSchema = z.object({ value: z.number(), low: z.number(), high: z.number() }).readonly()
export type Estimate = z.output<typeof estimateSchema>
