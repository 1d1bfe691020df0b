import { z } from 'zod'
import { codeFields, formFields } from './fields.js'
import { checkTrainSettings } from './rules.js'

/** How to train: what `fit` takes, with defaults for everything. 0 means "off" or "choose" where a field says so. */
export const trainSettings = z.strictObject({ ...formFields, ...codeFields }).superRefine((settings, context) => {
  for (const { severity, field, message, fix } of checkTrainSettings(settings))
    if (severity === 'error') context.addIssue({ code: 'custom', path: [field], message: `${message} ${fix}` })
})

/** Settings with everything decided: the batch size of a run is never 0. */
export type TrainSettings = z.output<typeof trainSettings>
export type TrainSettingsInput = z.input<typeof trainSettings>
