import { z } from 'zod'
import { defineAid } from './aid.js'

/** Images that are answered well count less (Lin et al. 2017, arXiv 1708.02002). */
export const focalLoss = defineAid({
  name: 'focal-loss',
  fields: {
    focalGamma: z.number().min(0).max(10).default(0).meta({
      title: 'Focal loss',
      description:
        'Images that are answered well already count less: each by 1 - its probability, to this power. For classes of very different sizes; not together with balanced sampling or class weights. 2 is usual. 0: off.',
      advanced: true,
    }),
  },
  isOn: ({ focalGamma }) => focalGamma > 0,
  tell: ({ focalGamma }) => `Focal loss with a gamma of ${focalGamma}.`,
  loss: (task, { focalGamma }) => task.focalLoss(focalGamma),
})
