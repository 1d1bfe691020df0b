import type { ChartModel } from './chart-model.js'
import { valueTick } from './chart-words.js'
import { niceTicks, wholeTicks } from './ticks.js'

export const chartMargin = { right: 10, top: 20, bottom: 24 }
/** Of a digit in `.chart-tick`, and what a tick's text needs beside it. */
const digit = { width: 6.4, gap: 14 }

/** Where what stands on a chart of this size. */
export interface Geometry {
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

export function geometryOf(model: ChartModel, width: number, height: number): Geometry {
  const points = model.series.flatMap(({ points: line }) => line)
  const xs = points.map(([x]) => x)
  const ys = [...points.map(([, y]) => y), ...model.series.flatMap(({ band = [] }) => band.flat())]
  const low = Math.min(...xs, ...model.phases.map(({ from }) => from))
  const high = Math.max(...xs, ...model.phases.map(({ to }) => to), low + 1)
  const yTicks = model.kind === 'share' ? niceTicks(Math.min(...ys), 1) : niceTicks(Math.min(...ys), Math.max(...ys))
  const [bottom = 0, top = 1] = [yTicks[0], yTicks.at(-1)]
  const left = Math.max(46, digit.gap + digit.width * Math.max(...yTicks.map((tick) => valueTick(model, tick).length)))
  // A name stands in the middle below its place, so that the outer ones need room at the sides.
  const inset = model.places === undefined ? 0 : Math.min(28, width / 12)
  const plotWidth = Math.max(1, width - left - chartMargin.right - 2 * inset)
  const plotHeight = height - chartMargin.top - chartMargin.bottom
  return {
    width,
    height,
    left,
    xRange: [low, high],
    yTicks,
    x: (value) => left + inset + ((value - low) / (high - low)) * plotWidth,
    y: (value) => height - chartMargin.bottom - ((value - bottom) / (top - bottom)) * plotHeight,
    invert: (pixel) => low + ((pixel - left - inset) / plotWidth) * (high - low),
  }
}

/** Where the x axis says something, and what: numbers, or names as far as there is room for them. */
export function xTicksOf(
  { axis, places }: ChartModel,
  { xRange, width }: Geometry,
): readonly { readonly at: number; readonly text: string }[] {
  if (places !== undefined) return namesThatFit(places, width)
  const ticks =
    axis === undefined
      ? wholeTicks(...xRange, Math.max(2, Math.floor(width / 60)))
      : niceTicks(...xRange).filter((tick) => tick >= xRange[0] && tick <= xRange[1])
  return ticks.map((at) => ({ at, text: String(at) }))
}

const longestName = 12

/** The last name always, then every second, third… before it. */
function namesThatFit(
  places: readonly string[],
  width: number,
): readonly { readonly at: number; readonly text: string }[] {
  const texts = places.map((name) => clipped(name, longestName))
  const widest = digit.gap + digit.width * Math.max(1, ...texts.map(({ length }) => length))
  const step = Math.max(1, Math.ceil((widest * places.length) / Math.max(1, width - 60)))
  return texts.flatMap((text, at) => ((places.length - 1 - at) % step === 0 ? [{ at, text }] : []))
}

/** A text that is cut where there is no more room. */
export const clipped = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, Math.max(1, Math.floor(length) - 1))}…` : text
