import type { DatasetValue } from '@graft/graph-schema'
import type { BlobStore } from '../../sdk/node-context.js'
import type { ModelValue } from '../../sdk/values.js'
import type { TrainParams } from './train-params.js'

/** What a Train was given: `FitOptions.request`, for engines that read images and weights by themselves. */
export class TrainRequest {
  constructor(
    readonly node: string,
    readonly params: TrainParams,
    readonly model: ModelValue,
    readonly train: DatasetValue,
    readonly validation: DatasetValue | undefined,
    readonly store: BlobStore,
  ) {}
}
