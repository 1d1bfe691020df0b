import type { Curve, NodeRunState } from '@graft/graph-schema'

export interface Series {
  readonly id: string
  readonly name: string
  /** Which of the eight chart colours. */
  readonly color: number
  readonly dashed: boolean
  /** Drawn as dots, for a third kind beside solid and dashed lines. */
  readonly dotted?: boolean
  /** Drawn thin and pale: single steps behind the curve of epochs. */
  readonly faint: boolean
  /** In order of x. */
  readonly points: readonly (readonly [x: number, y: number])[]
  /** How sure each of the points is, in the same order. */
  readonly band?: readonly Interval[]
}

export type Interval = readonly [low: number, high: number]

export interface Phase {
  readonly title: string
  readonly from: number
  readonly to: number
}

export interface ChartModel {
  readonly id: string
  readonly title: string
  readonly kind: 'share' | 'value'
  readonly series: readonly Series[]
  readonly phases: readonly Phase[]
  /** What x is; absent: epochs, of one phase after the other. */
  readonly axis?: string
  /** Names of the places 0, 1, 2… on x, where those are no numbers. */
  readonly places?: readonly string[]
  /** A place on x that is pointed out. */
  readonly mark?: { readonly at: number; readonly text: string }
}

interface PhaseCurves extends Phase {
  readonly curves: readonly Curve[]
  readonly stepsPerEpoch: number
}

/**
 * The charts of a run: curves of all its training phases one after the other, by epoch. `nodes` are in the order in
 * which they run.
 */
export function chartsOf(nodes: Readonly<Record<string, Pick<NodeRunState, 'curves'>>>): readonly ChartModel[] {
  const phases = phasesOf(Object.values(nodes))
  const byEpoch = chartIds(phases.flatMap(({ curves }) => curves)).flatMap((id) => chartOf(id, phases))
  return [...byEpoch, ...chartsByOtherAxes(Object.values(nodes).flatMap(({ curves }) => curves))]
}

/** A metric has one chart, where its values by step are pale behind those by epoch. */
const chartIdOf = ({ metric, name }: Curve): string => metric?.name ?? name

/** What was validated comes first, then what else was measured, then numbers such as the learning rate. */
function chartIds(curves: readonly Curve[]): readonly string[] {
  const rank = ({ metric, split }: Curve): number => (metric === undefined ? 2 : split === 'train' ? 1 : 0)
  return [...new Set(curves.toSorted((a, b) => rank(a) - rank(b)).map(chartIdOf))]
}

function chartOf(id: string, phases: readonly PhaseCurves[]): readonly ChartModel[] {
  const curves = phases.flatMap((phase) => phase.curves.filter((curve) => chartIdOf(curve) === id))
  const names = [...new Set([id, ...curves.map(({ name }) => name)])]
  const series = names.flatMap((name) => ['train', 'val', 'test'].flatMap((split) => seriesOf(phases, name, split)))
  const metric = curves[0]?.metric
  return series.length === 0
    ? []
    : [
        {
          id,
          ...headingOf(metric, id),
          series,
          phases: phases.map(({ title, from, to }) => ({ title, from, to })),
        },
      ]
}

function headingOf(metric: Curve['metric'], name: string): Pick<ChartModel, 'title' | 'kind'> {
  return { title: metric?.title ?? spell(name), kind: metric?.format === 'percent' ? 'share' : 'value' }
}

/** Epochs and steps share the axis of a training; anything else is an axis of its own. */
const isOfTraining = ({ axis }: Curve): boolean => axis === undefined || axis === 'epoch' || axis === 'step'

/** A chart for every metric that was measured along something else, such as a learning rate. */
function chartsByOtherAxes(curves: readonly Curve[]): readonly ChartModel[] {
  return curves
    .filter((curve) => !isOfTraining(curve))
    .map(({ name, split, phase, axis = '', metric, points }) => ({
      id: `${phase} ${split}/${name} by ${axis}`,
      ...headingOf(metric, name),
      phases: [],
      axis: spell(axis).toLowerCase(),
      series: [
        {
          id: `${split}/${name}`,
          ...lookOf(metric, name, split),
          points: points
            .filter(({ value }) => Number.isFinite(value))
            .map(({ x = Number.NaN, value }) => [x, value] as const)
            .toSorted(([a], [b]) => a - b),
        },
      ],
    }))
}

function phasesOf(nodes: readonly Pick<NodeRunState, 'curves'>[]): readonly PhaseCurves[] {
  const phases: PhaseCurves[] = []
  for (const { curves: all } of nodes) {
    const curves = all.filter(isOfTraining)
    const names = [...new Set(curves.map(({ phase }) => phase))]
    for (const title of names) {
      const own = curves.filter(
        ({ phase, points }) => phase === title && points.some(({ epoch, step }) => epoch > 0 || step > 0),
      )
      if (own.length === 0) continue
      const from = phases.at(-1)?.to ?? 0
      phases.push({
        title,
        from,
        to: from + Math.max(1, ...own.flatMap(({ points }) => points.map(({ epoch }) => epoch))),
        curves: own,
        stepsPerEpoch: stepsPerEpochOf(own),
      })
    }
  }
  return phases
}

/** From points that were taken at the end of an epoch. */
function stepsPerEpochOf(curves: readonly Curve[]): number {
  const rates = curves
    .filter(isPerEpoch)
    .flatMap(({ points }) =>
      points.filter(({ epoch, step }) => epoch > 0 && step > 0).map(({ epoch, step }) => step / epoch),
    )
  const all = curves.flatMap(({ points }) =>
    points.filter(({ epoch }) => epoch > 0).map(({ epoch, step }) => step / epoch),
  )
  return Math.max(1, ...(rates.length > 0 ? rates : all))
}

function isPerEpoch({ points }: Curve): boolean {
  return points.length > 0 && new Set(points.map(({ epoch }) => epoch)).size === points.length
}

function seriesOf(phases: readonly PhaseCurves[], name: string, split: string): readonly Series[] {
  const isOwn = (curve: Curve): boolean => curve.name === name && curve.split === split
  const points = phases.flatMap(({ curves, from, stepsPerEpoch }) =>
    curves
      .filter(isOwn)
      .flatMap((curve) =>
        curve.points
          .filter(({ value }) => Number.isFinite(value))
          .map((point) => [from + epochOf(curve, point, stepsPerEpoch), point.value] as const),
      ),
  )
  if (points.length === 0) return []
  const metric = phases.flatMap(({ curves }) => curves).find(isOwn)?.metric
  return [{ id: `${split}/${name}`, ...lookOf(metric, name, split), points: points.toSorted(([a], [b]) => a - b) }]
}

/** Where a point stands, in epochs; runs of Graft 0.1.0 don't say which of their curves are by step. */
function epochOf(curve: Curve, point: Curve['points'][number], stepsPerEpoch: number): number {
  const { epoch, step, x } = point
  if (x !== undefined) return curve.axis === 'step' ? x / stepsPerEpoch : x
  return isByStep(curve) ? step / stepsPerEpoch : epoch
}

const isByStep = (curve: Curve): boolean => curve.metric?.name !== curve.name || !isPerEpoch(curve)

function lookOf(
  metric: Curve['metric'],
  name: string,
  split: string,
): Pick<Series, 'name' | 'color' | 'dashed' | 'faint'> {
  const faint = metric !== undefined && metric.name !== name
  const part = splitNames[split] ?? split
  if (metric === undefined && split === 'train')
    return { name: spell(name).toLowerCase(), color: 4, dashed: false, faint }
  return { name: faint ? 'each step' : part, color: split === 'train' ? 1 : 2, dashed: false, faint }
}

const splitNames: Readonly<Record<string, string>> = {
  train: 'training',
  val: 'validation',
  test: 'test',
  all: 'all images',
}

function spell(name: string): string {
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

export interface Reading {
  readonly series: Series
  readonly value: number
  /** How sure that is; null: not known. */
  readonly interval: Interval | null
}

/** Values of all series at the known x nearest to the one asked for. Null when there is no point at all. */
export function readChart(
  series: readonly Series[],
  at: number,
): { readonly x: number; readonly values: readonly Reading[] } | null {
  const nearest = series.filter(({ faint }) => !faint).concat(series.every(({ faint }) => faint) ? series : [])
  let x: number | null = null
  for (const { points } of nearest)
    for (const [px] of points) if (x === null || Math.abs(px - at) < Math.abs(x - at)) x = px
  if (x === null) return null
  const found = x
  return {
    x,
    values: nearest.flatMap((line) => readSeries(line, found) ?? []),
  }
}

/** What a line says at a place; null where it has no point. */
export function readSeries(series: Series, at: number): Reading | null {
  const index = series.points.findIndex(([x]) => Math.abs(x - at) < 1e-9)
  const point = series.points[index]
  return point === undefined ? null : { series, value: point[1], interval: series.band?.[index] ?? null }
}

/** Every x at which something is known, in order: rows of the table, stops of the keyboard. */
export function stopsOf(series: readonly Series[]): readonly number[] {
  const solid = series.some(({ faint }) => !faint) ? series.filter(({ faint }) => !faint) : series
  return [...new Set(solid.flatMap(({ points }) => points.map(([x]) => x)))].toSorted((a, b) => a - b)
}
