import type { SingleLabelEvaluation } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import { evaluationPictures } from '../pictures/evaluation-pictures.js'
import { GalleryDialog } from '../pictures/GalleryDialog.js'
import type { DatasetResult } from '../read/run-results.js'
import { describeCell, imagesBehind } from './confusion.js'

export interface CellGalleryProps {
  readonly detail: SingleLabelEvaluation
  readonly dataset: DatasetResult | null
  readonly truth: number
  readonly prediction: number
  readonly onClose: () => void
}

/** The images behind a cell of a confusion matrix. */
export function CellGallery({ detail, dataset, truth, prediction, onClose }: CellGalleryProps): ReactElement {
  return (
    <GalleryDialog
      title={describeCell(detail.classNames, truth, prediction, detail.confusion[truth]?.[prediction] ?? 0)}
      pictures={evaluationPictures(imagesBehind(detail.predictions, truth, prediction), dataset)}
      classNames={detail.classNames}
      onClose={onClose}
    />
  )
}
