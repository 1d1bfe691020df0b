import { z } from 'zod'
import { problemSchema } from '../events.js'

/**
 * Every refusal of the server, as RFC 9457 (`application/problem+json`). `code` is for programs, `detail` for people:
 * what happened, what was expected, how to fix it.
 */
export const problemDetailsSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string(),
  code: z.string(),
  node: z.string().exactOptional(),
  field: z.string().exactOptional(),
  /** Everything wrong with a document, when that is why. */
  problems: z.array(problemSchema).exactOptional(),
})
export type ProblemDetails = z.output<typeof problemDetailsSchema>
