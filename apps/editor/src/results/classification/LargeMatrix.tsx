import { useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { CSSProperties, KeyboardEvent, ReactElement, RefObject } from 'react'
import type { SingleLabelEvaluation } from '@graft/graph-schema'
import { IconButton } from '../../ui/Button.js'
import { shortened } from '../../ui/format.js'
import { windowOf } from '../../ui/lists/virtual-window.js'
import { Card } from '../cards/Card.js'
import type { DatasetResult } from '../read/run-results.js'
import { CellGallery } from './CellGallery.js'
import { describeCell, matrixOrders, moveInMatrix, orderClasses, searchClasses, shareIn } from './confusion.js'
import type { MatrixOrder } from './confusion.js'
import './large-matrix.css'

const orderNames: Readonly<Record<MatrixOrder, string>> = {
  mistakes: 'most mistakes first',
  name: 'by name',
  size: 'most images first',
}
/** Sides of a cell in pixels; from the third on there is room for a number. */
const zooms = [8, 14, 24, 36] as const
const header = 150

export interface LargeMatrixProps {
  readonly detail: SingleLabelEvaluation
  readonly dataset: DatasetResult | null
}

interface Place {
  readonly row: number
  readonly column: number
}

/** A confusion matrix of many classes: searched by name, sorted, zoomed; only cells in sight are in the page. */
export function LargeMatrix({ detail, dataset }: LargeMatrixProps): ReactElement {
  const { confusion, classNames } = detail
  const [order, setOrder] = useState<MatrixOrder>('mistakes')
  const [query, setQuery] = useState('')
  const [zoom, setZoom] = useState(2)
  const [open, setOpen] = useState<{ readonly truth: number; readonly prediction: number } | null>(null)
  const ordered = useMemo(() => orderClasses(confusion, classNames, order), [confusion, classNames, order])
  const classes = useMemo(
    () => searchClasses(ordered, confusion, classNames, query),
    [ordered, confusion, classNames, query],
  )
  return (
    <Card
      title="Confusion matrix"
      note={`${classes.length === confusion.length ? 'All' : `${classes.length} of`} ${confusion.length} classes; rows are the truth, columns the answer. Choose a cell to see its images.`}
      className="confusion-card"
    >
      <div className="matrix-tools">
        <input
          className="input"
          type="search"
          aria-label="Search classes"
          placeholder="Search classes, with those they are confused with"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
        <select
          className="select"
          aria-label="Order of the classes"
          value={order}
          onChange={(event) => setOrder(matrixOrders.find((one) => one === event.target.value) ?? 'mistakes')}
        >
          {matrixOrders.map((one) => (
            <option key={one} value={one}>
              {orderNames[one]}
            </option>
          ))}
        </select>
        <IconButton
          icon="zoomOut"
          size="s"
          label="Smaller cells"
          disabled={zoom === 0}
          onClick={() => setZoom(zoom - 1)}
        />
        <IconButton
          icon="zoomIn"
          size="s"
          label="Larger cells"
          disabled={zoom === zooms.length - 1}
          onClick={() => setZoom(zoom + 1)}
        />
      </div>
      {classes.length === 0 ? (
        <p className="muted">No class is called so.</p>
      ) : (
        <Cells
          key={`${order} ${query}`}
          detail={detail}
          classes={classes}
          side={zooms[zoom] ?? 24}
          onOpen={(truth, prediction) => setOpen({ truth, prediction })}
        />
      )}
      {open !== null && <CellGallery detail={detail} dataset={dataset} {...open} onClose={() => setOpen(null)} />}
    </Card>
  )
}

interface CellsProps {
  readonly detail: SingleLabelEvaluation
  readonly classes: readonly number[]
  readonly side: number
  readonly onOpen: (truth: number, prediction: number) => void
}

/** The cells in sight. Empty ones are the background, but for the one that has the focus. */
function Cells({ detail, classes, side, onOpen }: CellsProps): ReactElement {
  const { confusion, classNames } = detail
  const box = useRef<HTMLDivElement>(null)
  const view = useScrolled(box)
  const [focus, setFocus] = useState<Place>({ row: 0, column: 0 })
  const share = useMemo(() => shareIn(confusion), [confusion])
  const rows = windowOf(classes.length, side, view.top, view.height)
  const columns = windowOf(classes.length, side, view.left, view.width)
  const indices = ({ first, last }: typeof rows): readonly number[] =>
    Array.from({ length: last - first }, (_, offset) => first + offset)
  const go = (to: Place): void => {
    setFocus(to)
    scrollTo(box.current, to, side)
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus())
  }
  const countAt = ({ row, column }: Place): number => confusion[classes[row] ?? -1]?.[classes[column] ?? -1] ?? 0
  const choose = (place: Place): void => {
    if (countAt(place) > 0) onOpen(classes[place.row] ?? 0, classes[place.column] ?? 0)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = moveInMatrix(focus, event.key, classes.length)
    if (to === null && event.key !== 'Enter' && event.key !== ' ') return
    event.preventDefault()
    event.stopPropagation()
    if (to === null) choose(focus)
    else go(to)
  }
  return (
    <div ref={box} className="matrix-scroll">
      <div
        className="matrix"
        role="grid"
        aria-label="Confusion matrix: rows are the true classes, columns what the network answered"
        aria-rowcount={classes.length + 1}
        aria-colcount={classes.length + 1}
        style={{ inlineSize: header + classes.length * side, blockSize: header + classes.length * side }}
        onKeyDown={onKeyDown}
      >
        <div className="matrix-head" role="row" aria-rowindex={1} style={{ blockSize: header }}>
          {indices(columns).map((column) => (
            <span
              key={column}
              role="columnheader"
              aria-colindex={column + 2}
              title={classNames[classes[column] ?? -1]}
              // Physical: the text runs upwards, so its own start is at the bottom.
              style={{ left: header + column * side, width: side }}
            >
              {side >= 14 && <bdi>{shortened(classNames[classes[column] ?? -1] ?? '', 20)}</bdi>}
            </span>
          ))}
        </div>
        {indices(rows).map((row) => (
          <div
            key={row}
            className="matrix-row"
            role="row"
            aria-rowindex={row + 2}
            style={{ insetBlockStart: header + row * side, blockSize: side }}
          >
            <span role="rowheader" title={classNames[classes[row] ?? -1]} style={{ inlineSize: header }}>
              {side >= 14 && <bdi>{shortened(classNames[classes[row] ?? -1] ?? '', 20)}</bdi>}
            </span>
            {indices(columns).map((column) => {
              const place = { row, column }
              const [truth, prediction] = [classes[row] ?? 0, classes[column] ?? 0]
              const count = countAt(place)
              const isFocus = focus.row === row && focus.column === column
              if (count === 0 && !isFocus) return null
              const part = share(truth, prediction)
              const words = describeCell(classNames, truth, prediction, count)
              return (
                <span
                  key={column}
                  role="gridcell"
                  aria-colindex={column + 2}
                  aria-label={words}
                  title={words}
                  tabIndex={isFocus ? 0 : -1}
                  className={`confusion-cell matrix-cell${row === column ? ' confusion-right' : ''}${part > 0.55 ? ' confusion-strong' : ''}`}
                  style={
                    {
                      '--share': count === 0 ? 0 : Math.max(0.15, part),
                      insetInlineStart: header + column * side,
                      inlineSize: side - 1,
                      blockSize: side - 1,
                    } as CSSProperties
                  }
                  onClick={() => {
                    setFocus(place)
                    choose(place)
                  }}
                >
                  {side >= 24 && count > 0 ? count : ''}
                </span>
              )
            })}
          </div>
        ))}
      </div>
    </div>
  )
}

/** Brings a cell out from under the headings and into sight. */
function scrollTo(box: HTMLElement | null, { row, column }: Place, side: number): void {
  if (box === null) return
  const into = (start: number, extent: number, at: number): number =>
    Math.max(Math.min(start, at), at + side - (extent - header))
  box.scrollTop = into(box.scrollTop, box.clientHeight, row * side)
  box.scrollLeft = into(box.scrollLeft, box.clientWidth, column * side)
}

function useScrolled(box: RefObject<HTMLElement | null>): {
  readonly top: number
  readonly left: number
  readonly width: number
  readonly height: number
} {
  const [view, setView] = useState({ top: 0, left: 0, width: 600, height: 400 })
  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return
    const measure = (): void =>
      setView({
        top: element.scrollTop,
        left: element.scrollLeft,
        width: element.clientWidth,
        height: element.clientHeight,
      })
    measure()
    element.addEventListener('scroll', measure, { passive: true })
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => {
      element.removeEventListener('scroll', measure)
      observer.disconnect()
    }
  }, [box])
  return view
}
