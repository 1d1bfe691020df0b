import { z } from 'zod'

export const idSchema = z
  .string()
  .regex(/^[0-9A-Za-z][0-9A-Za-z_-]{0,63}$/, 'Expected up to 64 letters, digits, - or _')

export const graphIdSchema = idSchema
export const draftIdSchema = idSchema
export const runIdSchema = idSchema
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'Expected a sha256: 64 hexadecimal digits')
/** ISO 8601 in UTC, as `Date.prototype.toISOString` writes it. */
export const timeSchema = z.string()

/** A whole number in a query string. */
export const countInQuery = (minimum: number, maximum: number): z.ZodType<number> =>
  z.coerce.number().int().min(minimum).max(maximum)
