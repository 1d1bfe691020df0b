import { z } from 'zod'

/** Value on an `advice` wire. */
export const adviceValueSchema = z.looseObject({ kind: z.literal('advice') })
export type AdviceValue = Readonly<z.output<typeof adviceValueSchema>>
