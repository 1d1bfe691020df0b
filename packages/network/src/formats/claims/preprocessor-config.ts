import { z } from 'zod'
import type { Preprocessing } from '../../network.js'
import type { Claim } from './claim.js'

const perChannel = z.union([z.number(), z.array(z.number()).length(1), z.array(z.number()).length(3)])
const extent = z.union([
  z.number().positive(),
  z.looseObject({
    height: z.number().positive().optional(),
    width: z.number().positive().optional(),
    shortest_edge: z.number().positive().optional(),
  }),
])

/** Programs write null for what isn't set. */
const orAbsent = <Value>(schema: z.ZodType<Value>): z.ZodType<Value | undefined> =>
  schema.nullish().transform((value) => value ?? undefined)

/** Hugging Face's `preprocessor_config.json`, as far as image processors of transformers 4 and 5 agree on it. */
const schema = z.looseObject({
  do_rescale: z.boolean().optional(),
  rescale_factor: z.number().positive().optional(),
  /** EfficientNet's: one is taken off what was rescaled. */
  rescale_offset: z.boolean().optional(),
  do_normalize: z.boolean().optional(),
  image_mean: perChannel.optional(),
  image_std: perChannel.optional(),
  do_flip_channel_order: z.boolean().optional(),
  size: orAbsent(extent),
  crop_size: orAbsent(extent),
  do_center_crop: z.boolean().optional(),
  crop_pct: orAbsent(z.number().positive().max(1)),
  resample: z.number().optional(),
})
type Config = z.output<typeof schema>

/** What an image processor's settings mean; null when they aren't any. */
export function readPreprocessorConfig(json: unknown): Claim | null {
  const parsed = schema.safeParse(json)
  if (!parsed.success) return null
  const config = parsed.data
  const scaling = scalingOf(config)
  if (scaling === null && config.size === undefined) return null
  const size = sidesOf(config.crop_size ?? config.size)
  return {
    preprocessing: { ...scaling, ...framingOf(config), ...interpolationOf(config) },
    ...(size !== null && { size }),
  }
}

/** `(value * factor - offset - mean) / deviation`, written for values from 0 to 1. */
function scalingOf(config: Config): Pick<Preprocessing, 'mean' | 'deviation' | 'channelOrder'> | null {
  const { do_normalize: normalises = config.image_mean !== undefined, image_mean = 0, image_std = 1 } = config
  if (normalises && (config.image_mean === undefined || config.image_std === undefined)) return null
  if (config.image_mean === undefined && config.do_rescale === undefined && config.rescale_factor === undefined)
    return null
  const factor = 255 * (config.do_rescale === false ? 1 : (config.rescale_factor ?? 1 / 255))
  const offset = config.rescale_offset === true && config.do_rescale !== false ? 1 : 0
  const [mean, deviation] = normalises ? [tripleOf(image_mean), tripleOf(image_std)] : [tripleOf(0), tripleOf(1)]
  if (deviation.some((value) => value <= 0)) return null
  return {
    channelOrder: config.do_flip_channel_order === true ? 'bgr' : 'rgb',
    mean: mapped(mean, (value) => (value + offset) / factor),
    deviation: mapped(deviation, (value) => value / factor),
  }
}

function tripleOf(value: z.output<typeof perChannel>): Preprocessing['mean'] {
  const values = typeof value === 'number' ? [value] : value
  const [first = 0, second = first, third = first] = values
  return [first, second, third]
}

/** Rounded, so that 0.00392156862745098 gives the numbers that 1 / 255 gives. */
const mapped = ([a, b, c]: Preprocessing['mean'], change: (value: number) => number): Preprocessing['mean'] => {
  const rounded = (value: number): number => Number(change(value).toPrecision(12))
  return [rounded(a), rounded(b), rounded(c)]
}

/** Above this size, ConvNeXt's processor shows the whole image. */
const cropsBelow = 384

function framingOf({
  size,
  crop_size,
  do_center_crop,
  crop_pct,
}: Config): Pick<Preprocessing, 'resize' | 'cropFraction'> | null {
  const whole = { resize: 'stretch', cropFraction: 1 } as const
  const [edge, crop] = [shorterSide(size), shorterSide(crop_size)]
  if (crop_pct !== undefined)
    return edge !== null && edge >= cropsBelow ? whole : { resize: 'crop', cropFraction: crop_pct }
  if (do_center_crop !== false && crop !== null && edge !== null && (do_center_crop === true || crop < edge))
    return { resize: 'crop', cropFraction: Math.min(1, crop / edge) }
  if (edge === null) return null
  return typeof size === 'object' && size.shortest_edge !== undefined ? { resize: 'crop', cropFraction: 1 } : whole
}

function sidesOf(size: Config['size']): readonly [number, number] | null {
  const edge = shorterSide(size)
  if (edge === null || size === undefined) return null
  const { height = edge, width = edge } = typeof size === 'number' ? {} : size
  return Number.isInteger(height) && Number.isInteger(width) && Math.max(height, width) <= 4096 ? [height, width] : null
}

function shorterSide(size: Config['size']): number | null {
  if (size === undefined) return null
  if (typeof size === 'number') return size
  const sides = [size.shortest_edge, size.height, size.width].filter((side) => side !== undefined)
  return sides.length > 0 ? Math.min(...sides) : null
}

/** Pillow's numbers: 2 is bilinear, 3 bicubic; Lanczos (1) is nearest to that. */
const interpolationOf = ({ resample }: Config): Pick<Preprocessing, 'interpolation'> | null =>
  resample === undefined ? null : { interpolation: resample === 3 || resample === 1 ? 'bicubic' : 'bilinear' }
