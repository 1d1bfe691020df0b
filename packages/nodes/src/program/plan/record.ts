import type { DatasetValue } from '@graft/graph-schema'
import type { NodeDefinition } from '../../sdk/define-node.js'
import type { ModelValue } from '../../sdk/values.js'
import { evaluate } from '../../library/evaluation/evaluate.js'
import { train } from '../../library/training/train.js'
import type { TrainParams } from '../../library/training/train-params.js'

/** A Train of the graph, with what arrives at it. */
export interface RecordedTrain {
  readonly node: string
  readonly params: TrainParams
  readonly model: ModelValue
  readonly train: DatasetValue
  readonly validation?: DatasetValue
}

export interface RecordedEvaluate {
  readonly node: string
  readonly mirrored: boolean
  readonly model: ModelValue
  readonly images: DatasetValue
}

/** What a walk through a graph has come upon. */
export interface Recording {
  readonly trains: RecordedTrain[]
  readonly evaluations: RecordedEvaluate[]
}

/** Kinds of nodes that are recorded instead of run. */
export const recordedTypes: readonly string[] = [train.type, evaluate.type]

/** Higher than any node's own, so that what is recorded is never taken for a result. */
const revision = 1_000_000

/**
 * The library with nodes that note what arrives at them where others compute: surgery behind a Train then works on the
 * network as it was, whose layers and flags are the same.
 */
export function recordingLibrary(library: readonly NodeDefinition[]): {
  readonly library: readonly NodeDefinition[]
  readonly recording: Recording
} {
  const recording: Recording = { trains: [], evaluations: [] }
  const replaced: Readonly<Record<string, NodeDefinition['run']>> = {
    [train.type]: async ({ inputs, params, context }) => {
      const { model, train: images, validation } = inputs as unknown as Omit<RecordedTrain, 'node' | 'params'>
      recording.trains.push({
        node: context.nodeId,
        params: params as unknown as TrainParams,
        model,
        train: images,
        ...(validation !== undefined && { validation }),
      })
      return { model: markTrained(model, context.nodeId), metrics: nothingMeasured }
    },
    [evaluate.type]: async ({ inputs, params, context }) => {
      const { model, images } = inputs as unknown as Pick<RecordedEvaluate, 'model' | 'images'>
      const mirrored = (params as { readonly views?: string }).views === 'mirrored'
      recording.evaluations.push({ node: context.nodeId, mirrored, model, images })
      return { metrics: nothingMeasured }
    },
  }
  return {
    recording,
    library: library.map((definition) => {
      const run = Object.hasOwn(replaced, definition.type) ? replaced[definition.type] : undefined
      return run === undefined ? definition : { ...definition, revision, usesEngine: false, run }
    }),
  }
}

/** No one reads it: walks end at Train and Evaluate. */
const nothingMeasured = { kind: 'metrics' }

const mark = 'trained by node '

function markTrained({ network, ...model }: ModelValue, node: string): ModelValue {
  const { provenance } = network
  return {
    ...model,
    network: { ...network, provenance: { ...provenance, history: [...provenance.history, mark + node] } },
  }
}

/** The Trains that a network has come through, first to last. */
export const trainedBy = ({ network }: ModelValue): readonly string[] =>
  network.provenance.history.filter((line) => line.startsWith(mark)).map((line) => line.slice(mark.length))

/** The network without the marks. */
export function unmarked({ network }: ModelValue): ModelValue['network'] {
  const { provenance } = network
  return {
    ...network,
    provenance: { ...provenance, history: provenance.history.filter((line) => !line.startsWith(mark)) },
  }
}
