import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

/** A step's distance from PyTorch's float64, over the size of the step. */
const distancesSchema = z.object({
  /** Of everything that is learned. */
  all: z.number(),
  /** Of the tensor that is worst off. */
  tensor: z.number(),
  /** Of the running statistics that are worst off. */
  statistics: z.number(),
})
export type Distances = z.infer<typeof distancesSchema>

const parameterSchema = z.object({ offset: z.number(), shape: z.array(z.number()), learned: z.boolean() })

const referenceSchema = z.object({
  name: z.string(),
  input: z.array(z.number()),
  classes: z.number(),
  widths: z.array(z.number()),
  parameters: z.record(z.string(), parameterSchema),
  rates: z.partialRecord(z.enum(['frozen', 'batch']), z.number()),
  /** How far PyTorch's own float32 is from its float64. */
  noise: z.partialRecord(z.enum(['frozen', 'batch']), distancesSchema),
})

/** What PyTorch says of a network, as `make_network.py` writes it. */
export type Reference = z.infer<typeof referenceSchema>
export type Policy = keyof Reference['rates']

/** Throws where the folder has none. */
export const readReference = (folder: string): Reference =>
  referenceSchema.parse(JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8')))
