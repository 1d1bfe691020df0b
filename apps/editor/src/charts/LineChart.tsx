import { useId, useLayoutEffect, useRef, useState } from 'react'
import type { KeyboardEvent, PointerEvent, ReactElement } from 'react'
import { ChartPlot } from './ChartPlot.js'
import { ChartTable } from './ChartTable.js'
import { geometryOf } from './chart-geometry.js'
import { readChart, stopsOf } from './chart-model.js'
import type { ChartModel, Reading, Series } from './chart-model.js'
import { placeText, readingText, speakChart, valueText } from './chart-words.js'
import './chart.css'

export interface LineChartProps {
  readonly model: ChartModel
  readonly height?: number
}

/**
 * A chart of curves by epoch, or by what the model names. Point at it, or focus it and use the arrow keys, to read
 * values; a table holds the same numbers.
 */
export function LineChart({ model, height = 190 }: LineChartProps): ReactElement {
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box)
  const [at, setAt] = useState<number | null>(null)
  const [asTable, setAsTable] = useState(false)
  const tableId = useId()
  const geometry = geometryOf(model, width, height)
  const reading = at === null ? null : readChart(model.series, at)
  const stops = stopsOf(model.series)
  const latest = stops.at(-1) ?? 0
  const onKeyDown = (event: KeyboardEvent): void => {
    const index = stops.indexOf(reading?.x ?? latest)
    const next = {
      ArrowLeft: index - 1,
      ArrowRight: index + 1,
      Home: 0,
      End: stops.length - 1,
      PageUp: index - 10,
      PageDown: index + 10,
    }[event.key]
    if (next === undefined) return
    event.preventDefault()
    event.stopPropagation()
    setAt(stops[Math.min(stops.length - 1, Math.max(0, next))] ?? null)
  }
  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    const left = event.currentTarget.getBoundingClientRect().left
    setAt(geometry.invert(event.clientX - left))
  }
  const spoken = readChart(model.series, reading?.x ?? latest)
  return (
    <figure className="chart-figure">
      <figcaption className="chart-caption">
        <h3>{model.title}</h3>
        <Legend model={model} values={reading?.values ?? []} />
        <button
          type="button"
          className="chart-toggle"
          aria-expanded={asTable}
          aria-controls={tableId}
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? 'Chart' : 'Table'}
        </button>
      </figcaption>
      <div id={tableId} hidden={!asTable}>
        {asTable && <ChartTable model={model} />}
      </div>
      <div
        ref={box}
        className="chart-box"
        hidden={asTable}
        style={{ height }}
        role="slider"
        tabIndex={0}
        aria-label={/ by /.test(model.title) ? model.title : `${model.title} by ${model.axis ?? 'epoch'}`}
        aria-valuemin={stops[0] ?? 0}
        aria-valuemax={latest}
        aria-valuenow={spoken?.x ?? 0}
        aria-valuetext={speakChart(model, spoken)}
        onKeyDown={onKeyDown}
        onPointerMove={onPointerMove}
        onPointerLeave={() => setAt(null)}
        onBlur={() => setAt(null)}
        onFocus={() => setAt(latest)}
      >
        {width > 0 && <ChartPlot model={model} geometry={geometry} at={reading?.x ?? null} />}
        {reading !== null && (
          <span className="chart-x" style={{ left: geometry.x(reading.x) }} aria-hidden="true">
            {placeText(model, reading.x)}
          </span>
        )}
      </div>
    </figure>
  )
}

interface LegendProps {
  readonly model: ChartModel
  /** At the place that is pointed at; else the last value of each line is shown. */
  readonly values: readonly Reading[]
}

function Legend({ model, values }: LegendProps): ReactElement {
  return (
    <ul className="chart-legend">
      {model.series.map((line) => {
        const text = legendText(model, line, values)
        return (
          <li key={line.id}>
            <span
              className={`chart-key${keyClass(line)}`}
              style={{ borderColor: `var(--series-${line.color})`, opacity: line.faint ? 0.45 : 1 }}
            />
            {line.name}
            {!line.faint && text !== null && <b className="numeric">{text}</b>}
          </li>
        )
      })}
    </ul>
  )
}

const keyClass = ({ dashed, dotted = false }: Series): string =>
  dotted ? ' chart-key-dotted' : dashed ? ' chart-key-dashed' : ''

function legendText(model: ChartModel, line: Series, values: readonly Reading[]): string | null {
  const reading = values.find(({ series }) => series.id === line.id)
  if (reading !== undefined) return readingText(model, reading)
  const last = model.places === undefined ? line.points.at(-1) : undefined
  return last === undefined ? null : valueText(model, last[1])
}

function useWidth(box: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return
    setWidth(element.clientWidth)
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [box])
  return width
}
