import { z } from 'zod'
import { list } from './fields.js'

/**
 * Value on a `model` wire, as far as a reader that knows no layers needs it. The network itself is checked by
 * `validateNetwork` of @graft/network.
 */
export const modelValueSchema = z.object({
  kind: z.literal('model'),
  network: z.looseObject({
    name: z.string(),
    /** Absent in what Graft 0.1 stored. */
    head: z
      .looseObject({ task: z.string(), names: list(z.string()) })
      .nullable()
      .exactOptional(),
  }),
})
