import { useMemo, useRef, useState } from 'react'
import type { CSSProperties, KeyboardEvent, ReactElement } from 'react'
import { Card } from '../cards/Card.js'
import { evaluationPictures } from '../pictures/evaluation-pictures.js'
import { GalleryDialog } from '../pictures/GalleryDialog.js'
import { describeCell, moveInMatrix, imagesBehind, viewMatrix } from './confusion.js'
import type { SingleLabelEvaluation } from '@graft/graph-schema'
import type { DatasetResult } from '../read/run-results.js'

interface Place {
  readonly row: number
  readonly column: number
}

/** Which class is taken for which. A cell, chosen by mouse or by arrow keys and Enter, shows its images. */
export function ConfusionMatrix({
  detail,
  dataset,
}: {
  readonly detail: SingleLabelEvaluation
  readonly dataset: DatasetResult | null
}): ReactElement {
  const view = useMemo(() => viewMatrix(detail.confusion), [detail])
  const [focus, setFocus] = useState<Place>({ row: 0, column: 0 })
  const [open, setOpen] = useState<Place | null>(null)
  const table = useRef<HTMLTableElement>(null)
  const size = view.classes.length
  const nameOf = (index: number): string => detail.classNames[index] ?? String(index)
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = moveInMatrix(focus, event.key, size)
    if (next === null) return
    event.preventDefault()
    event.stopPropagation()
    setFocus(next)
    table.current?.querySelector<HTMLElement>(`[data-cell="${next.row}-${next.column}"]`)?.focus()
  }
  const opened =
    open === null ? null : { truth: view.classes[open.row] ?? 0, prediction: view.classes[open.column] ?? 0 }
  return (
    <Card
      title="Confusion matrix"
      note={
        view.leftOut > 0
          ? `The ${size} classes with the most mistakes; ${view.leftOut} others are not shown.`
          : 'Choose a cell to see its images.'
      }
      className="confusion-card"
    >
      <div className="confusion-scroll">
        <table
          ref={table}
          className={`confusion${size > 12 ? ' confusion-small' : ''}`}
          role="grid"
          aria-label="Confusion matrix: rows are the true classes, columns what the network answered"
          onKeyDown={onKeyDown}
        >
          <thead>
            <tr>
              <td className="confusion-corner">
                <span>truth ↓ answer →</span>
              </td>
              {view.classes.map((index) => (
                <th key={index} scope="col">
                  <span title={nameOf(index)}>{nameOf(index)}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {view.classes.map((truth, row) => (
              <tr key={truth}>
                <th scope="row" title={nameOf(truth)}>
                  {nameOf(truth)}
                </th>
                {view.classes.map((prediction, column) => {
                  const count = detail.confusion[truth]?.[prediction] ?? 0
                  const share = view.share(truth, prediction)
                  return (
                    <td
                      key={prediction}
                      role="gridcell"
                      data-cell={`${row}-${column}`}
                      tabIndex={row === focus.row && column === focus.column ? 0 : -1}
                      className={`confusion-cell${truth === prediction ? ' confusion-right' : ''}${share > 0.55 ? ' confusion-strong' : ''}`}
                      style={{ '--share': share } as CSSProperties}
                      aria-label={describeCell(detail.classNames, truth, prediction, count)}
                      title={describeCell(detail.classNames, truth, prediction, count)}
                      onClick={() => {
                        setFocus({ row, column })
                        if (count > 0) setOpen({ row, column })
                      }}
                      onKeyDown={(event) => {
                        if (event.key !== 'Enter' && event.key !== ' ') return
                        event.preventDefault()
                        event.stopPropagation()
                        if (count > 0) setOpen({ row, column })
                      }}
                    >
                      {count > 0 ? count : ''}
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {opened !== null && (
        <GalleryDialog
          title={describeCell(
            detail.classNames,
            opened.truth,
            opened.prediction,
            detail.confusion[opened.truth]?.[opened.prediction] ?? 0,
          )}
          pictures={evaluationPictures(imagesBehind(detail.predictions, opened.truth, opened.prediction), dataset)}
          classNames={detail.classNames}
          onClose={() => setOpen(null)}
        />
      )}
    </Card>
  )
}
