import { useMemo, useRef, useState } from 'react'
import type { CSSProperties, KeyboardEvent, ReactElement } from 'react'
import { shortened } from '../../ui/format.js'
import { Card } from '../cards/Card.js'
import { CellGallery } from './CellGallery.js'
import { LargeMatrix } from './LargeMatrix.js'
import { describeCell, mostWhole, moveInMatrix, shareIn } from './confusion.js'
import type { SingleLabelEvaluation } from '@graft/graph-schema'
import type { DatasetResult } from '../read/run-results.js'

interface Place {
  readonly row: number
  readonly column: number
}

export interface ConfusionMatrixProps {
  readonly detail: SingleLabelEvaluation
  readonly dataset: DatasetResult | null
}

/** Which class is taken for which: as a whole, or to be searched where there are many classes. */
export function ConfusionMatrix(props: ConfusionMatrixProps): ReactElement {
  return props.detail.confusion.length > mostWhole ? <LargeMatrix {...props} /> : <WholeMatrix {...props} />
}

/** A cell, chosen by mouse or by arrow keys and Enter, shows its images. */
function WholeMatrix({ detail, dataset }: ConfusionMatrixProps): ReactElement {
  const share = useMemo(() => shareIn(detail.confusion), [detail])
  const [focus, setFocus] = useState<Place>({ row: 0, column: 0 })
  const [open, setOpen] = useState<Place | null>(null)
  const table = useRef<HTMLTableElement>(null)
  const classes = detail.confusion.map((_, index) => index)
  const size = classes.length
  const nameOf = (index: number): string => detail.classNames[index] ?? String(index)
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = moveInMatrix(focus, event.key, size)
    if (next === null) return
    event.preventDefault()
    event.stopPropagation()
    setFocus(next)
    table.current?.querySelector<HTMLElement>(`[data-cell="${next.row}-${next.column}"]`)?.focus()
  }
  const opened = open === null ? null : { truth: classes[open.row] ?? 0, prediction: classes[open.column] ?? 0 }
  return (
    <Card title="Confusion matrix" note="Choose a cell to see its images." className="confusion-card">
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
              {classes.map((index) => (
                <th key={index} scope="col">
                  <span title={nameOf(index)}>
                    <bdi>{shortened(nameOf(index), 22)}</bdi>
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {classes.map((truth, row) => (
              <tr key={truth}>
                <th scope="row" title={nameOf(truth)}>
                  <bdi>{shortened(nameOf(truth), 22)}</bdi>
                </th>
                {classes.map((prediction, column) => {
                  const count = detail.confusion[truth]?.[prediction] ?? 0
                  const part = share(truth, prediction)
                  return (
                    <td
                      key={prediction}
                      role="gridcell"
                      data-cell={`${row}-${column}`}
                      tabIndex={row === focus.row && column === focus.column ? 0 : -1}
                      className={`confusion-cell${truth === prediction ? ' confusion-right' : ''}${part > 0.55 ? ' confusion-strong' : ''}`}
                      style={{ '--share': part } as CSSProperties}
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
      {opened !== null && <CellGallery detail={detail} dataset={dataset} {...opened} onClose={() => setOpen(null)} />}
    </Card>
  )
}
