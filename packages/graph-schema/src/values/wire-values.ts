import type { z } from 'zod'
import { adviceValueSchema } from './advice/index.js'
import { datasetValueSchema } from './dataset.js'
import { fileValueSchema } from './file.js'
import { metricsValueSchema } from './metrics.js'
import { modelValueSchema } from './model.js'
import { numberValueSchema } from './number.js'
import { reportValueSchema } from './report.js'

/** What flows along a wire, by kind: small JSON plus content-addressed blobs, never live tensors. One file each. */
export const wireValues = {
  dataset: datasetValueSchema,
  model: modelValueSchema,
  metrics: metricsValueSchema,
  report: reportValueSchema,
  file: fileValueSchema,
  number: numberValueSchema,
  advice: adviceValueSchema,
} as const satisfies Readonly<Record<string, z.ZodType>>

export type PortKind = keyof typeof wireValues
export const portKinds = Object.keys(wireValues) as [PortKind, ...PortKind[]]
