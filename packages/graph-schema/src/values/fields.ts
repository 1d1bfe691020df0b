import { z } from 'zod'

/** A measured number. JSON has no NaN: null stands for a number that doesn't exist, and is read as NaN. */
export const jsonNumber = z
  .union([z.number(), z.nan()])
  .nullable()
  .transform((value) => value ?? Number.NaN)

/** A list that is read, never changed. */
export const list = <Item extends z.ZodType>(item: Item): z.ZodReadonly<z.ZodArray<Item>> => z.array(item).readonly()
