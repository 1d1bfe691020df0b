import type { modelValueSchema } from '@graft/graph-schema'
import type { Network } from '@graft/network'
import type { z } from 'zod'

/** Value on a `model` wire: a plan. Weights live in the blobs that its parameters name. */
export type ModelValue = Readonly<Omit<z.output<typeof modelValueSchema>, 'network'>> & { readonly network: Network }

export type {
  ClassScore,
  CurvePoint,
  DatasetValue,
  DetailOf,
  EvaluationDetail,
  FreezeProofEntry,
  MetricDescription,
  MetricsDetail,
  MetricsValue,
  Sample,
  Scores,
  SingleLabelEvaluation,
  TopLoss,
  TrainingDetail,
} from '@graft/graph-schema'
