import type { ReactElement } from 'react'
import { scatterScale } from './scatter-scale.js'
import './chart.css'

export interface ScatterPoint {
  readonly key: string
  readonly x: number
  readonly y: number
  /** How sure `y` is. */
  readonly interval: readonly [number, number] | null
  /** What a pointer that rests on it shows. */
  readonly tip: string
  readonly tone: 'plain' | 'faint' | 'winner'
}

export interface ScatterChartProps {
  readonly title: string
  readonly points: readonly ScatterPoint[]
  readonly xText: (value: number) => string
  readonly yText: (value: number) => string
  /** Says what is seen, for those who can't: the numbers stand in a table beside it. */
  readonly label: string
}

const size = { width: 460, height: 220 }
const margin = { left: 48, right: 18, top: 10, bottom: 26 }

/** Points with their intervals, such as accuracy against time. */
export function ScatterChart({ title, points, xText, yText, label }: ScatterChartProps): ReactElement {
  const xScale = scatterScale(
    points.map(({ x }) => x),
    true,
  )
  const yScale = scatterScale(
    points.flatMap(({ y, interval }) => [y, ...(interval ?? [])]),
    false,
  )
  const x = (value: number): number => margin.left + xScale.place(value) * (size.width - margin.left - margin.right)
  const y = (value: number): number =>
    size.height - margin.bottom - yScale.place(value) * (size.height - margin.top - margin.bottom)
  return (
    <figure className="chart-figure">
      <figcaption className="chart-caption">
        <h3>{title}</h3>
      </figcaption>
      <svg className="chart scatter" viewBox={`0 0 ${size.width} ${size.height}`} role="img" aria-label={label}>
        {yScale.ticks.map((tick) => (
          <g key={tick}>
            <line className="chart-grid" x1={margin.left} x2={size.width - margin.right} y1={y(tick)} y2={y(tick)} />
            <text className="chart-tick" x={margin.left - 7} y={y(tick) + 3.5} textAnchor="end">
              {yText(tick)}
            </text>
          </g>
        ))}
        {xScale.ticks.map((tick) => (
          <text key={tick} className="chart-tick" x={x(tick)} y={size.height - 8} textAnchor="middle">
            {xText(tick)}
          </text>
        ))}
        {points.map(({ key, interval, tip, tone, ...point }) => (
          <g key={key} className={`scatter-${tone}`}>
            <title>{tip}</title>
            {interval !== null && (
              <line
                x1={x(point.x)}
                x2={x(point.x)}
                y1={y(interval[0])}
                y2={y(interval[1])}
                className="scatter-interval"
              />
            )}
            <circle cx={x(point.x)} cy={y(point.y)} r={tone === 'winner' ? 6 : 4.5} />
          </g>
        ))}
      </svg>
    </figure>
  )
}
