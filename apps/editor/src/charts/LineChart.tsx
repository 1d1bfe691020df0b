import { useId, useLayoutEffect, useRef, useState } from 'react'
import type { KeyboardEvent, PointerEvent, ReactElement } from 'react'
import { percent, significant } from '../ui/format.js'
import { readChart, stopsOf } from './chart-model.js'
import type { ChartModel, Series } from './chart-model.js'
import { niceTicks, wholeTicks } from './ticks.js'
import './chart.css'

const margin = { right: 10, top: 20, bottom: 24 }
/** Of a digit in `.chart-tick`, and what a tick's text needs beside it. */
const digit = { width: 6.4, gap: 14 }

interface Geometry {
  readonly width: number
  readonly height: number
  /** Where the plot begins: as far in as the longest text beside it needs. */
  readonly left: number
  readonly x: (value: number) => number
  readonly y: (value: number) => number
  readonly invert: (pixel: number) => number
  readonly xRange: readonly [number, number]
  readonly yTicks: readonly number[]
}

function geometryOf(model: ChartModel, width: number, height: number): Geometry {
  const points = model.series.flatMap(({ points: line }) => line)
  const xs = points.map(([x]) => x)
  const ys = points.map(([, y]) => y)
  const low = Math.min(...xs, ...model.phases.map(({ from }) => from))
  const high = Math.max(...xs, ...model.phases.map(({ to }) => to), low + 1)
  const yTicks = model.kind === 'share' ? niceTicks(Math.min(...ys), 1) : niceTicks(Math.min(...ys), Math.max(...ys))
  const [bottom = 0, top = 1] = [yTicks[0], yTicks.at(-1)]
  const left = Math.max(46, digit.gap + digit.width * Math.max(...yTicks.map((tick) => tickText(model, tick).length)))
  const plotWidth = Math.max(1, width - left - margin.right)
  return {
    width,
    height,
    left,
    xRange: [low, high],
    yTicks,
    x: (value) => left + ((value - low) / (high - low)) * plotWidth,
    y: (value) => height - margin.bottom - ((value - bottom) / (top - bottom)) * (height - margin.top - margin.bottom),
    invert: (pixel) => low + ((pixel - left) / plotWidth) * (high - low),
  }
}

const tickText = ({ kind }: ChartModel, tick: number): string =>
  kind === 'share' ? percent(tick, 0) : significant(tick)

export interface LineChartProps {
  readonly model: ChartModel
  readonly height?: number
}

/**
 * A chart of curves by epoch, or by what the model names. Point at it, or focus it and use the arrow keys, to read values; a table holds the same
 * numbers.
 */
export function LineChart({ model, height = 190 }: LineChartProps): ReactElement {
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box)
  const [at, setAt] = useState<number | null>(null)
  const [asTable, setAsTable] = useState(false)
  const tableId = useId()
  const format = (value: number): string => (model.kind === 'share' ? percent(value) : significant(value))
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
        <Legend series={model.series} values={reading?.values ?? []} format={format} />
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
        {asTable && <ChartTable model={model} format={format} />}
      </div>
      <div
        ref={box}
        className="chart-box"
        hidden={asTable}
        style={{ height }}
        role="slider"
        tabIndex={0}
        aria-label={`${model.title} by ${model.axis ?? 'epoch'}`}
        aria-valuemin={stops[0] ?? 0}
        aria-valuemax={latest}
        aria-valuenow={spoken?.x ?? 0}
        aria-valuetext={speak(model, spoken, format)}
        onKeyDown={onKeyDown}
        onPointerMove={onPointerMove}
        onPointerLeave={() => setAt(null)}
        onBlur={() => setAt(null)}
        onFocus={() => setAt(latest)}
      >
        {width > 0 && <Plot model={model} geometry={geometry} at={reading?.x ?? null} />}
        {reading !== null && (
          <span className="chart-x" style={{ left: geometry.x(reading.x) }} aria-hidden="true">
            {placeText(model, reading.x)}
          </span>
        )}
      </div>
    </figure>
  )
}

/** Where something was read: `epoch 2.5`, `learning rate 0.001`. */
function placeText({ axis }: ChartModel, x: number): string {
  return axis === undefined ? `epoch ${Number(x.toFixed(2))}` : `${axis} ${significant(x)}`
}

function speak(model: ChartModel, reading: ReturnType<typeof readChart>, format: (value: number) => string): string {
  if (reading === null) return 'no values yet'
  return `${placeText(model, reading.x)}: ${reading.values.map(({ series, value }) => `${series.name} ${format(value)}`).join(', ')}`
}

function Plot({
  model,
  geometry,
  at,
}: {
  readonly model: ChartModel
  readonly geometry: Geometry
  readonly at: number | null
}): ReactElement {
  const { width, height, left, x, y, xRange, yTicks } = geometry
  const floor = height - margin.bottom
  const xTicks =
    model.axis === undefined
      ? wholeTicks(...xRange, Math.max(2, Math.floor(width / 60)))
      : niceTicks(...xRange).filter((tick) => tick >= xRange[0] && tick <= xRange[1])
  return (
    <svg className="chart" width={width} height={height} aria-hidden="true">
      {yTicks.map((tick) => (
        <g key={tick}>
          <line className="chart-grid" x1={left} x2={width - margin.right} y1={y(tick)} y2={y(tick)} />
          <text className="chart-tick" x={left - 7} y={y(tick) + 3.5} textAnchor="end">
            {tickText(model, tick)}
          </text>
        </g>
      ))}
      {xTicks.map((tick) => (
        <text key={tick} className="chart-tick" x={x(tick)} y={floor + 16} textAnchor="middle">
          {tick}
        </text>
      ))}
      {model.phases.length > 1 &&
        model.phases.map(({ title, from, to }, index) => (
          <g key={`${title}-${index}`}>
            {index > 0 && <line className="chart-phase-line" x1={x(from)} x2={x(from)} y1={4} y2={floor} />}
            <text className="chart-phase" x={(x(from) + x(to)) / 2} y={12} textAnchor="middle">
              {clip(title, (x(to) - x(from)) / 6.2)}
            </text>
          </g>
        ))}
      {model.series.map((series) => (
        <Line key={series.id} series={series} geometry={geometry} />
      ))}
      {at !== null && <line className="chart-cursor" x1={x(at)} x2={x(at)} y1={margin.top - 4} y2={floor} />}
      {at !== null &&
        readChart(model.series, at)?.values.map(({ series, value }) => (
          <circle
            key={series.id}
            cx={x(at)}
            cy={y(value)}
            r={3.5}
            fill={`var(--series-${series.color})`}
            stroke="var(--surface)"
            strokeWidth={1.5}
          />
        ))}
    </svg>
  )
}

function Line({ series, geometry: { x, y } }: { readonly series: Series; readonly geometry: Geometry }): ReactElement {
  const [first] = series.points
  const stroke = `var(--series-${series.color})`
  if (series.points.length === 1 && first !== undefined)
    return <circle cx={x(first[0])} cy={y(first[1])} r={3} fill={stroke} />
  const path = series.points
    .map(([px, py], index) => `${index === 0 ? 'M' : 'L'}${x(px).toFixed(1)} ${y(py).toFixed(1)}`)
    .join('')
  return (
    <path
      d={path}
      fill="none"
      stroke={stroke}
      strokeWidth={series.faint ? 1 : 2}
      strokeOpacity={series.faint ? 0.35 : 1}
      strokeLinejoin="round"
      strokeLinecap="round"
      {...(series.dashed && { strokeDasharray: '5 4' })}
    />
  )
}

function Legend({
  series,
  values,
  format,
}: {
  readonly series: readonly Series[]
  readonly values: readonly { readonly series: Series; readonly value: number }[]
  readonly format: (value: number) => string
}): ReactElement {
  return (
    <ul className="chart-legend">
      {series.map((line) => {
        const value = values.find((item) => item.series.id === line.id)?.value ?? line.points.at(-1)?.[1]
        return (
          <li key={line.id}>
            <span
              className={`chart-key${line.dashed ? ' chart-key-dashed' : ''}`}
              style={{ borderColor: `var(--series-${line.color})`, opacity: line.faint ? 0.45 : 1 }}
            />
            {line.name}
            {!line.faint && value !== undefined && <b className="numeric">{format(value)}</b>}
          </li>
        )
      })}
    </ul>
  )
}

const rowLimit = 400

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

function ChartTable({
  model,
  format,
}: {
  readonly model: ChartModel
  readonly format: (value: number) => string
}): ReactElement {
  const stops = stopsOf(model.series)
  const columns = model.series.filter(({ faint }) => !faint)
  return (
    <div className="chart-table" tabIndex={0} role="region" aria-label={`${model.title}, as a table`}>
      <table>
        <thead>
          <tr>
            <th scope="col">{capital(model.axis ?? 'epoch')}</th>
            {columns.map(({ id, name }) => (
              <th key={id} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {stops.slice(-rowLimit).map((x) => (
            <tr key={x}>
              <th scope="row">{model.axis === undefined ? Number(x.toFixed(2)) : significant(x)}</th>
              {columns.map(({ id, points }) => {
                const value = points.find(([px]) => px === x)?.[1]
                return (
                  <td key={id} className="numeric">
                    {value === undefined ? '' : format(value)}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
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

const clip = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, Math.max(1, Math.floor(length) - 1))}…` : text
