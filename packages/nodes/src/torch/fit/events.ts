import { z } from 'zod'

const count = z.int().min(0)

/** `State` of the program, as far as Graft needs it. */
const state = z.object({
  epoch: count,
  position: count,
  loss: z.number(),
  hits: z.number(),
  seen: z.number(),
  best_epoch: count,
  best_value: z.number().nullable(),
  waited: count,
  stopped: z.boolean(),
})
export type ProgramState = z.output<typeof state>

/** What drive.py says, a line each. Numbers that are none come as null. */
export const driveEvent = z.discriminatedUnion('event', [
  /** The state is that of the newest checkpoint of any machine; `course` comes along where that is another one. */
  z.object({ event: z.literal('started'), seconds: z.number(), state, course: z.string().exactOptional() }),
  z.object({ event: z.literal('features'), done: count, total: count }),
  z.object({ event: z.literal('step'), step: count, loss: z.number(), rate: z.number() }),
  z.object({ event: z.literal('epoch'), epoch: count, train: z.object({ loss: z.number(), right: z.number() }) }),
  /** Asks whether to write one. */
  z.object({ event: z.literal('checkpoint'), state }),
  /** It is written, and stays until this is answered. */
  z.object({ event: z.literal('saved') }),
  /** The epochs whose weights the result is the mean of, and how many there were to choose from. */
  z.object({ event: z.literal('joined'), epochs: z.array(count).readonly(), offered: count }),
  z.object({ event: z.literal('phase-finished') }),
  z.object({
    event: z.literal('finished'),
    state,
    features: z.object({ cached: count, computed: count, bytes: count }),
  }),
  z.object({ event: z.literal('failed'), kind: z.enum(['memory', 'diverged', 'error']), message: z.string() }),
])
export type DriveEvent = z.output<typeof driveEvent>
