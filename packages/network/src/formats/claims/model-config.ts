import { z } from 'zod'
import type { Preprocessing } from '../../network.js'
import type { Claim } from './claim.js'

const triple = z.tuple([z.number(), z.number(), z.number()])

/** timm's `pretrained_cfg`. */
const timmSchema = z.looseObject({
  mean: triple,
  std: triple,
  interpolation: z.string().optional(),
  crop_pct: z.number().positive().max(1).nullish(),
  crop_mode: z.string().nullish(),
  input_size: z.tuple([z.int().positive(), z.int().positive().max(4096), z.int().positive().max(4096)]).optional(),
})

const configSchema = z.looseObject({
  pretrained_cfg: z.unknown().optional(),
  id2label: z.record(z.string(), z.string()).optional(),
  label_names: z.array(z.string()).optional(),
})

/** Hugging Face's `config.json`, transformers' (class names) and timm's (preprocessing); null when it is neither. */
export function readModelConfig(json: unknown): Claim | null {
  const config = configSchema.safeParse(json)
  if (!config.success) return null
  const classNames = config.data.label_names ?? namesOf(config.data.id2label)
  // Older files of timm hold its fields at the top.
  const timm = [config.data.pretrained_cfg, json]
    .map((part) => timmSchema.safeParse(part))
    .find(({ success }) => success)
  if (timm?.data === undefined && classNames === undefined) return null
  return {
    ...(timm?.data !== undefined && { preprocessing: preprocessingOf(timm.data), ...sizeOf(timm.data) }),
    ...(classNames !== undefined && { classNames }),
  }
}

const sizeOf = ({ input_size: size }: z.output<typeof timmSchema>): Pick<Claim, 'size'> =>
  size === undefined ? {} : { size: [size[1], size[2]] }

function preprocessingOf({
  mean,
  std,
  interpolation = 'bilinear',
  crop_pct,
  crop_mode,
}: z.output<typeof timmSchema>): Omit<Preprocessing, 'height' | 'width'> {
  const isSquashed = crop_mode === 'squash'
  return {
    channelOrder: 'rgb',
    mean,
    deviation: std,
    interpolation: interpolation === 'bicubic' || interpolation.startsWith('lanczos') ? 'bicubic' : 'bilinear',
    resize: isSquashed ? 'stretch' : 'crop',
    cropFraction: isSquashed ? 1 : (crop_pct ?? 0.875),
  }
}

/** Names of `LABEL_0`, which transformers writes for want of better ones, are none. */
function namesOf(labels: Readonly<Record<string, string>> | undefined): readonly string[] | undefined {
  if (labels === undefined) return undefined
  const names = Object.keys(labels).map((_, index) => labels[index])
  const known = names.filter((name) => name !== undefined)
  return known.length === names.length && !known.every((name, index) => name === `LABEL_${index}`) ? known : undefined
}
