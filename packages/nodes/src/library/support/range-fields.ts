import { z } from 'zod'

/** Fields that pick a range of layers by name; shared by Freeze Range and Reinitialize. */
export const rangeFields = {
  from: z
    .string()
    .default('')
    .meta({ title: 'From', description: 'First stage or layer. Empty: the first one.', widget: 'stage' }),
  to: z.string().default('').meta({
    title: 'To',
    description: 'Last stage or layer, included. Empty: the last one before the head.',
    widget: 'stage',
  }),
  pattern: z.string().max(200).default('').meta({
    title: 'Pattern',
    description: 'Only layers of the range whose name matches: `stage4.*`, or a regular expression between slashes.',
  }),
}
