import { percent, percentRange, significant } from '../ui/format.js'
import type { ChartModel, Interval, Reading } from './chart-model.js'

/** A value of the chart, as it is written beside it. */
export const valueText = ({ kind }: Pick<ChartModel, 'kind'>, value: number): string =>
  kind === 'share' ? percent(value) : significant(value)

/** A value beside the y axis. */
export const valueTick = ({ kind }: Pick<ChartModel, 'kind'>, tick: number): string =>
  kind === 'share' ? percent(tick, 0) : significant(tick)

/** `78 to 86%`, `0.12 to 0.3`. */
export const intervalText = ({ kind }: Pick<ChartModel, 'kind'>, [low, high]: Interval): string =>
  kind === 'share' ? percentRange(low, high) : `${significant(low)} to ${significant(high)}`

/** `82.1% (78 to 86%)`. */
export function readingText(model: Pick<ChartModel, 'kind'>, { value, interval }: Reading): string {
  return interval === null ? valueText(model, value) : `${valueText(model, value)} (${intervalText(model, interval)})`
}

/** Where something was read: `epoch 2.5`, `learning rate 0.001`, `after stage3`. */
export function placeText({ axis, places }: Pick<ChartModel, 'axis' | 'places'>, x: number): string {
  const name = places?.[x]
  if (name !== undefined) return axis === undefined ? name : `${axis} ${name}`
  return axis === undefined ? `epoch ${Number(x.toFixed(2))}` : `${axis} ${significant(x)}`
}

/** What a chart says at a place, for those who hear it. */
export function speakChart(
  model: Pick<ChartModel, 'kind' | 'axis' | 'places' | 'mark'>,
  reading: { readonly x: number; readonly values: readonly Reading[] } | null,
): string {
  if (reading === null) return 'no values yet'
  const marked = model.mark?.at === reading.x ? `, ${model.mark.text}` : ''
  const values = reading.values.map((value) => `${value.series.name} ${readingText(model, value)}`)
  return `${placeText(model, reading.x)}${marked}: ${values.join(', ')}`
}
