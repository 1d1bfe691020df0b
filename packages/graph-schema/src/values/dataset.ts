import { z } from 'zod'
import { splits } from '../splits.js'
import { blobReferenceSchema } from './blob-reference.js'
import { list } from './fields.js'
import { transformSchema } from './transform.js'

const count = z.int().min(0)

/** What the labels of a data set mean that doesn't say: one class per image, as folders have it. */
export const usualTask = 'single-label'

/** What becomes of stored values that say neither what is black nor what is white. */
const valuesRuleSchema = z.union([
  z.object({ rule: z.enum(['full range', 'own range']) }),
  z.object({ rule: z.literal('fixed range'), from: z.number(), to: z.number() }),
])

/** Value on a `dataset` wire. The sample list is a blob with one sample as JSON on every line. */
export const datasetValueSchema = z.object({
  kind: z.literal('dataset'),
  split: z.enum(splits),
  name: z.string(),
  /** What its labels mean, and with it what can be learned: `single-label`, `multi-label`. */
  task: z.string().default(usualTask),
  classNames: list(z.string()),
  samples: blobReferenceSchema,
  /**
   * Folder on this machine that relative paths in the sample list start from. Beside the list and not in it, so that the
   * list of the same images is the same blob wherever they lie.
   */
  root: z.string().exactOptional(),
  count,
  countPerClass: list(count),
  /** Augmentations to apply at load time, in order; data, not pixels. */
  transforms: list(transformSchema),
  /** Files that can't be used, each named with its reason. */
  skipped: list(z.object({ file: z.string(), reason: z.string() })),
  /** How values that don't say what is black and white became pixels; absent: no image has such values. */
  values: valuesRuleSchema.exactOptional(),
  provenance: list(z.string()),
})
export type DatasetValue = Readonly<z.output<typeof datasetValueSchema>>
