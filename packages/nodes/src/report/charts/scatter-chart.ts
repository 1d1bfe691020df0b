import { html } from '../html.js'
import type { Html } from '../html.js'
import { niceTicks } from './ticks.js'

export interface ScatterPoint {
  readonly x: number
  readonly y: number
  /** How sure `y` is. */
  readonly interval: readonly [number, number] | null
  /** What a pointer that rests on it shows. */
  readonly tip: string
  readonly isBest: boolean
}

export interface ScatterOptions {
  /** Anchor of title and description in the page. */
  readonly id: string
  readonly title: string
  readonly points: readonly ScatterPoint[]
  readonly xText: (value: number) => string
  readonly yText: (value: number) => string
}

const size = { width: 480, height: 260 }
const margin = { left: 58, right: 26, top: 12, bottom: 34 }

/** Points with their intervals, such as accuracy against time; the horizontal axis is logarithmic. */
export function scatterChart({ id, title, points, xText, yText }: ScatterOptions): Html {
  const across = logScale(points.map(({ x }) => x))
  const ticks = niceTicks(...rangeOf(points.flatMap(({ y, interval }) => [y, ...(interval ?? [])])), 4)
  const [low = 0, high = 1] = [ticks[0], ticks.at(-1)]
  const x = (value: number): number =>
    round(margin.left + across.place(value) * (size.width - margin.left - margin.right))
  const y = (value: number): number =>
    round(size.height - margin.bottom - ((value - low) / (high - low)) * (size.height - margin.top - margin.bottom))
  return html`<figure><figcaption>${title}</figcaption><svg class="chart" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-labelledby="${id}-title ${id}-description">
<title id="${id}-title">${title}</title><desc id="${id}-description">${points.map(({ tip }) => tip).join('; ')}.</desc>
${ticks.map((tick) => html`<line class="grid" x1="${x(across.low)}" x2="${size.width - margin.right}" y1="${y(tick)}" y2="${y(tick)}"/><text class="tick" x="${margin.left - 7}" y="${y(tick) + 4}" text-anchor="end">${yText(tick)}</text>`)}
${across.ticks.map((tick) => html`<text class="tick" x="${x(tick)}" y="${size.height - 10}" text-anchor="middle">${xText(tick)}</text>`)}
${points.map((point) => html`<g class="point${point.isBest && ' best'}"><title>${point.tip}</title>${point.interval !== null && html`<line x1="${x(point.x)}" x2="${x(point.x)}" y1="${y(point.interval[0])}" y2="${y(point.interval[1])}"/>`}<circle cx="${x(point.x)}" cy="${y(point.y)}" r="${point.isBest ? 6 : 4}"/></g>`)}
</svg></figure>`
}

/** Where values lie between the least and the largest, by their logarithm, and what to write below. */
function logScale(values: readonly number[]): {
  readonly low: number
  readonly ticks: readonly number[]
  readonly place: (value: number) => number
} {
  const [low, high] = rangeOf(values.map((value) => Math.log(Math.max(value, 1e-9))))
  const middle = (low + high) / 2
  return {
    low: Math.exp(low),
    ticks: (high - low < 1e-9 ? [low] : [low, middle, high]).map(Math.exp),
    place: (value) => (high - low < 1e-9 ? 0.5 : (Math.log(Math.max(value, 1e-9)) - low) / (high - low)),
  }
}

const rangeOf = (values: readonly number[]): [number, number] => [Math.min(...values), Math.max(...values)]
const round = (value: number): number => Math.round(value * 10) / 10
