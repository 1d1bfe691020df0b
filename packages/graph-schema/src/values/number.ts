import { z } from 'zod'

/** Value on a `number` wire: a plain number. */
export const numberValueSchema = z.number()
