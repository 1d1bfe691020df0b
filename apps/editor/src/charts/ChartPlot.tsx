import type { ReactElement } from 'react'
import { chartMargin, clipped, xTicksOf } from './chart-geometry.js'
import type { Geometry } from './chart-geometry.js'
import { readChart } from './chart-model.js'
import type { ChartModel, Series } from './chart-model.js'
import { valueTick } from './chart-words.js'

export interface ChartPlotProps {
  readonly model: ChartModel
  readonly geometry: Geometry
  /** Where somebody reads; null: nowhere. */
  readonly at: number | null
}

/** Grid, bands, lines, and what is pointed at. */
export function ChartPlot({ model, geometry, at }: ChartPlotProps): ReactElement {
  const { width, height, left, x, y, yTicks } = geometry
  const floor = height - chartMargin.bottom
  return (
    <svg className="chart" width={width} height={height} aria-hidden="true">
      {yTicks.map((tick) => (
        <g key={tick}>
          <line className="chart-grid" x1={left} x2={width - chartMargin.right} y1={y(tick)} y2={y(tick)} />
          <text className="chart-tick" x={left - 7} y={y(tick) + 3.5} textAnchor="end">
            {valueTick(model, tick)}
          </text>
        </g>
      ))}
      {xTicksOf(model, geometry).map((tick) => (
        <text key={tick.at} className="chart-tick" x={x(tick.at)} y={floor + 16} textAnchor="middle">
          {tick.text}
        </text>
      ))}
      <Phases model={model} geometry={geometry} />
      {model.mark !== undefined && <Mark {...model.mark} geometry={geometry} />}
      {model.series.map((series) => (
        <Band key={series.id} series={series} geometry={geometry} />
      ))}
      {model.series.map((series) => (
        <Line key={series.id} series={series} geometry={geometry} />
      ))}
      {at !== null && <line className="chart-cursor" x1={x(at)} x2={x(at)} y1={chartMargin.top - 4} y2={floor} />}
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

function Phases({ model, geometry: { x, height } }: Omit<ChartPlotProps, 'at'>): ReactElement | null {
  if (model.phases.length <= 1) return null
  return (
    <>
      {model.phases.map(({ title, from, to }, index) => (
        <g key={`${title}-${index}`}>
          {index > 0 && (
            <line className="chart-phase-line" x1={x(from)} x2={x(from)} y1={4} y2={height - chartMargin.bottom} />
          )}
          <text className="chart-phase" x={(x(from) + x(to)) / 2} y={12} textAnchor="middle">
            {clipped(title, (x(to) - x(from)) / 6.2)}
          </text>
        </g>
      ))}
    </>
  )
}

function Mark({
  at,
  text,
  geometry: { x, width, height },
}: NonNullable<ChartModel['mark']> & { readonly geometry: Geometry }): ReactElement {
  const isRight = x(at) > width / 2
  return (
    <g>
      <line className="chart-phase-line" x1={x(at)} x2={x(at)} y1={4} y2={height - chartMargin.bottom} />
      <text className="chart-phase" x={x(at) + (isRight ? -5 : 5)} y={12} textAnchor={isRight ? 'end' : 'start'}>
        {text}
      </text>
    </g>
  )
}

/** How sure the points of a line are, as a tinted band with edges, which remain where colours don't. */
function Band({
  series: { points, band = [], color },
  geometry: { x, y },
}: {
  readonly series: Series
  readonly geometry: Geometry
}): ReactElement | null {
  if (band.length === 0) return null
  const edge = (side: 0 | 1): readonly string[] =>
    points.map(([px], index) => `${x(px).toFixed(1)} ${y(band[index]?.[side] ?? Number.NaN).toFixed(1)}`)
  const [first] = points
  const stroke = `var(--series-${color})`
  if (points.length === 1 && first !== undefined)
    return <path d={`M${edge(0)[0]}L${edge(1)[0]}`} stroke={stroke} strokeWidth={1.5} />
  return (
    <path
      className="chart-band"
      d={`M${edge(1).join('L')}L${edge(0).toReversed().join('L')}Z`}
      fill={stroke}
      stroke={stroke}
    />
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
      {...dashOf(series)}
    />
  )
}

function dashOf({ dashed, dotted = false }: Series): { readonly strokeDasharray?: string } {
  return dotted ? { strokeDasharray: '1 5' } : dashed ? { strokeDasharray: '5 4' } : {}
}
