import { z } from 'zod'
import { list } from './fields.js'
import { upgradeModelValue } from './older.js'

const headSchema = z.looseObject({ task: z.string(), names: list(z.string()) })

/**
 * Value on a `model` wire, as far as a reader that knows no layers needs it. The network itself is checked by
 * `validateNetwork` of @graft/network. Also reads what Graft 0.1.0 stored.
 */
export const modelValueSchema = z.preprocess(
  upgradeModelValue,
  z.object({
    kind: z.literal('model'),
    network: z.looseObject({ name: z.string(), head: headSchema.nullable() }),
  }),
)
