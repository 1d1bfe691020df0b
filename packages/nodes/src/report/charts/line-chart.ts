import { html } from '../html.js'
import type { Html } from '../html.js'
import { niceTicks, wholeTicks } from './ticks.js'

export interface ChartSeries {
  readonly name: string
  /** Picks colour and dashes in the style sheet. */
  readonly style: 'train' | 'validation' | 'rate'
  readonly points: readonly (readonly [x: number, y: number])[]
}

export interface LineChart {
  /** Id that is unique in the page, for the accessible name. */
  readonly id: string
  readonly title: string
  /** What the image shows, in words, for those who don't see it. */
  readonly description: string
  readonly xLabel: string
  readonly series: readonly ChartSeries[]
  readonly formatY: (value: number) => string
  readonly yRange?: readonly [number, number]
  /** Where one phase ends and the next begins. */
  readonly phases: readonly { readonly from: number; readonly to: number; readonly title: string }[]
  /** Vertical marks, such as the best epoch. */
  readonly marks: readonly { readonly x: number; readonly label: string }[]
}

const size = { width: 360, height: 250, left: 52, right: 10, top: 30, bottom: 42 }

/**
 * A line chart as inline SVG with axes, phases and marks; colours come from the page's style sheet, so that both themes
 * work.
 */
export function lineChart(chart: LineChart): Html {
  const points = chart.series.flatMap((series) => series.points)
  const xs = points.map(([x]) => x)
  const ys = points.map(([, y]) => y)
  const xRange = padded(Math.min(...xs), Math.max(...xs), chart.phases)
  const yTicks = niceTicks(chart.yRange?.[0] ?? Math.min(...ys), chart.yRange?.[1] ?? Math.max(...ys))
  const [low = 0, high = 1] = [yTicks[0], yTicks.at(-1)]
  const x = (value: number): number =>
    round(size.left + ((value - xRange[0]) / (xRange[1] - xRange[0])) * (size.width - size.left - size.right))
  const y = (value: number): number =>
    round(size.height - size.bottom - ((value - low) / (high - low)) * (size.height - size.top - size.bottom))
  return html`<svg class="chart" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-labelledby="${chart.id}-title ${chart.id}-description">
<title id="${chart.id}-title">${chart.title}</title><desc id="${chart.id}-description">${chart.description}</desc>
${yTicks.map((tick) => html`<line class="grid" x1="${size.left}" x2="${size.width - size.right}" y1="${y(tick)}" y2="${y(tick)}"/><text class="tick" x="${size.left - 8}" y="${y(tick) + 4}" text-anchor="end">${chart.formatY(tick)}</text>`)}
${wholeTicks(...xRange).map((tick) => html`<text class="tick" x="${x(tick)}" y="${size.height - size.bottom + 18}" text-anchor="middle">${tick}</text>`)}
<text class="axis" x="${(size.left + size.width - size.right) / 2}" y="${size.height - 6}" text-anchor="middle">${chart.xLabel}</text>
${phaseMarks(chart, x)}${verticalMarks(chart, x)}
${chart.series.map((series) => drawSeries(series, x, y))}
</svg>`
}

function padded(low: number, high: number, phases: LineChart['phases']): [number, number] {
  const from = Math.min(low, ...phases.map((phase) => phase.from))
  const to = Math.max(high, ...phases.map((phase) => phase.to))
  return to > from ? [from, to] : [from - 1, to + 1]
}

function phaseMarks({ phases }: LineChart, x: (value: number) => number): readonly Html[] {
  if (phases.length < 2) return []
  return phases.map(
    ({ from, to, title }, index) =>
      html`${index > 0 && html`<line class="phase-line" x1="${x(from)}" x2="${x(from)}" y1="${size.top - 12}" y2="${size.height - size.bottom}"/>`}<text class="phase" x="${(x(from) + x(to)) / 2}" y="${size.top - 14}" text-anchor="middle">${clip(title, (x(to) - x(from)) / 6.5)}</text>`,
  )
}

function verticalMarks({ marks }: LineChart, x: (value: number) => number): readonly Html[] {
  return marks.map(
    ({ x: at, label }) =>
      html`<g><title>${label}</title><line class="mark" x1="${x(at)}" x2="${x(at)}" y1="${size.top}" y2="${size.height - size.bottom}"/><path class="mark-head" d="M${x(at)} ${size.top} l-5 -7 h10 z"/></g>`,
  )
}

function drawSeries(
  { style, points, name }: ChartSeries,
  x: (value: number) => number,
  y: (value: number) => number,
): Html {
  const line = points.map(([px, py]) => `${x(px)},${y(py)}`).join(' ')
  const dots = points.length > 40 || style === 'rate' ? [] : points
  return html`<g class="series ${style}"><polyline points="${line}"/>${dots.map(([px, py]) => html`<circle cx="${x(px)}" cy="${y(py)}" r="2.6"><title>${name}, epoch ${px}: ${Number(py.toPrecision(4))}</title></circle>`)}</g>`
}

const round = (value: number): number => Math.round(value * 10) / 10
const clip = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, Math.max(1, Math.floor(length) - 1))}…` : text
