import { trainForm } from '@graft/engines'
import { z } from 'zod'

/** What Train can be set to: the settings of the training loop, and a name for the phase. */
export const trainParams = z.strictObject({
  phase: z
    .string()
    .min(1)
    .max(60)
    .default('head')
    .meta({ title: 'Phase', description: 'Name of this phase in curves and report.', advanced: true }),
  ...trainForm,
})
export type TrainParams = z.output<typeof trainParams>
