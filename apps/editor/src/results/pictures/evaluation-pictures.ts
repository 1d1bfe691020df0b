import type { SingleLabelEvaluation } from '@graft/graph-schema'
import { explainSample } from '../explain/explain-sample.js'
import { sampleThumbnail } from './sample-thumbnail.js'
import type { DatasetResult } from '../read/run-results.js'
import type { Picture } from './picture.js'

/** Images that a network was evaluated on, as pictures to look at. */
export function evaluationPictures(
  predictions: SingleLabelEvaluation['predictions'],
  dataset: DatasetResult | null,
): readonly Picture[] {
  return predictions.map(({ id, label, prediction, probability }) => ({
    id,
    ...explainable(dataset, id, prediction),
    at: (pixels) => (dataset === null ? null : sampleThumbnail(dataset, id, pixels)),
    answers: [{ index: prediction, probability }],
    chosen: [prediction],
    label,
  }))
}

function explainable(dataset: DatasetResult | null, id: string, prediction: number): Pick<Picture, 'explain'> {
  const explain = dataset === null ? null : explainSample(dataset, id, prediction)
  return explain === null ? {} : { explain }
}
