import { namedScalings, type ScalingName } from '@graft/network'
import { z } from 'zod'

const names = namedScalings.map(({ id }) => id) as [ScalingName, ...ScalingName[]]
const perChannel = z.array(z.number()).max(3).default([])

/** The fields of Load Backbone that say how images are prepared. Left alone, what the file says counts. */
export const preprocessingParams = {
  normalisation: z
    .enum(['auto', ...names, 'custom'])
    .default('auto')
    .meta({
      title: 'Normalisation',
      description:
        'How pixels are scaled before the network sees them. `auto`: as the file, files beside it or layers in it say, and a warning when nothing does. `caffe`: values 0 to 255 in BGR order less the mean (Keras: ResNet50, VGG). `custom`: your mean and deviation.',
    }),
  mean: perChannel.meta({
    title: 'Mean',
    description: 'For `custom`: subtracted from values between 0 and 1, one number or one per channel of the network.',
    advanced: true,
  }),
  deviation: perChannel.meta({
    title: 'Deviation',
    description: 'For `custom`: what remains is divided by this, one number or one per channel of the network.',
    advanced: true,
  }),
  channelOrder: z.enum(['auto', 'rgb', 'bgr']).default('auto').meta({
    title: 'Channel order',
    description: 'Which colour comes first. Mean and deviation of a known normalisation follow.',
    advanced: true,
  }),
  height: z.int().min(0).max(65_536).default(0).meta({
    title: 'Height',
    description: 'Of the image that the network gets. 0: as the file says, or as wide as set.',
    unit: 'pixels',
    advanced: true,
  }),
  width: z.int().min(0).max(65_536).default(0).meta({
    title: 'Width',
    description: 'Of the image that the network gets. 0: as the file says, or as high as set.',
    unit: 'pixels',
    advanced: true,
  }),
  resize: z.enum(['auto', 'crop', 'stretch']).default('auto').meta({
    title: 'Resize',
    description:
      'How images get their size. `crop`: keep proportions, cut the centre out. `stretch`: the whole image, distorted. `auto` uses what the file says, or what is usual for it.',
  }),
  cropFraction: z.number().min(0).max(1).default(0).meta({
    title: 'Crop',
    description:
      'For `crop`: share of the shorter side that is kept. 0: as the file says, 0.875 where it says nothing.',
    advanced: true,
  }),
  interpolation: z.enum(['auto', 'bilinear', 'bicubic']).default('auto').meta({
    title: 'Interpolation',
    description: 'How images are resized. `auto` uses what the file says.',
    advanced: true,
  }),
} as const

export type PreprocessingParams = z.output<z.ZodObject<typeof preprocessingParams>>
