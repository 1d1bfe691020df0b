import { z } from 'zod'

const whole = z.int().min(0)

/** What a program's checkpoint says beside its tensors, as `checkpoints.py` writes it. */
export const programFacts = z.object({
  /** Which of the program's phases it is in. */
  phase: whole,
  /** Class of torch.optim; absent in older checkpoints. */
  optimizer: z.string().exactOptional(),
  /** Steps of that phase. */
  step: whole,
  /** `State` of `training.py`. */
  state: z.object({
    epoch: whole,
    position: whole,
    loss: z.number(),
    hits: z.number(),
    seen: z.number(),
    best_epoch: whole,
    best_value: z.number().nullable(),
    waited: whole,
    stopped: z.boolean(),
    thresholds: z.array(z.number()).nullable(),
    scores: z.record(z.string(), z.number()).nullable(),
    values: z.array(z.number()),
  }),
  /** Of mixed precision in float16. */
  scaler: z.record(z.string(), z.number()).nullable().default(null),
})
export type ProgramFacts = z.output<typeof programFacts>
