import type { CurvePoint, MetricDescription, TrainingDetail } from '../../sdk/values.js'
import { verdictOnTraining } from '@graft/graph-schema'
import { lineChart } from '../charts/line-chart.js'
import type { ChartSeries } from '../charts/line-chart.js'
import { counted, duration, percent, short } from '../format.js'
import { html } from '../html.js'
import type { Html } from '../html.js'
import type { ReportSection } from '../report-input.js'

/** How training went: loss, other metrics and learning rate over all epochs of all phases, one after the other. */
export const learningCurves: ReportSection = {
  id: 'curves',
  title: 'Learning curves',
  render: ({ trainings }) => {
    if (trainings.length === 0) return null
    const charts = measuresOf(trainings)
      .map((measure) => drawMeasure(measure, trainings))
      .filter((chart) => chart !== null)
    return html`<ul class="notes">${trainings.map((training) => html`<li>${reading(training)}${caution(training)}</li>`)}</ul>
<div class="charts">${charts}</div>
<p class="legend" aria-hidden="true"><span class="key train">training</span><span class="key validation">validation</span><span class="key best">epoch whose weights were kept</span></p>`
  },
}

interface Measure {
  readonly name: string
  readonly title: string
  readonly formatY: (value: number) => string
}

/** What was trained for first, then what else was measured, then the learning rate. */
function measuresOf(trainings: readonly TrainingDetail[]): readonly Measure[] {
  const metrics = new Map(
    trainings.flatMap(({ metrics }) => Object.values(metrics)).map((metric) => [metric.name, metric]),
  )
  return [
    ...[...metrics.values()]
      .toSorted((a, b) => rank(a) - rank(b))
      .map(({ name, title, format }) => ({
        name,
        title,
        formatY: (value: number) => (format === 'percent' ? percent(value, 0) : short(value)),
      })),
    { name: 'learningRate', title: 'Learning rate', formatY: short },
  ]
}

const rank = ({ better }: MetricDescription): number => (better === 'lower' ? 0 : 1)

function caution(training: TrainingDetail): Html | null {
  const verdict = verdictOnTraining(training)
  return verdict && html` <b>${verdict.text}</b> ${verdict.next}`
}

function reading(training: TrainingDetail): string {
  const early = training.stoppedEarly ? ', stopped early' : ''
  const prefix =
    training.prefix.boundary === null
      ? ''
      : ` Everything up to ${training.prefix.boundary} is frozen and ran once per image (${counted(training.prefix.cached, 'result')} reused, ${counted(training.prefix.computed, 'computed', 'computed')}).`
  const { solver } = training
  if (solver)
    return `${training.title}: ${solver.optimum ? 'solved' : training.engine} in ${duration(training.seconds)}${iterations(solver)}, with ${choice(solver)}.${prefix}`
  return `${training.title}: ${counted(training.epochs, 'epoch')} in ${duration(training.seconds)}${early} (${counted(training.imagesPerSecond, 'image')}/s); ${kept(training)}.${prefix}${(training.aids ?? []).map((aid) => ` ${aid}`).join('')}`
}

const kept = ({ bestEpoch, joinedEpochs }: TrainingDetail): string =>
  joinedEpochs
    ? `the mean of the weights of epochs ${joinedEpochs.join(', ')} was kept`
    : `the weights of epoch ${bestEpoch} were kept`

type Solver = NonNullable<TrainingDetail['solver']>

function iterations({ optimum }: Solver): string {
  return optimum ? ` (${counted(optimum.iterations, 'iteration')}${optimum.converged ? '' : ', not to the end'})` : ''
}

/** What was chosen for a head, by what, and how it did on images that its heads had not seen. */
function choice({ setting, stages, validated, candidates }: Solver): string {
  const weights =
    stages.length === 0
      ? ''
      : ` and the stages counting ${stages.map(({ stage, weight }) => `${stage} ${short(weight)}`).join(', ')}`
  const chosen = validated
    ? `, chosen of ${candidates.length} candidates by cross-validation on the training images (${percent(validated.hitRate)} right)`
    : ''
  return `the ${setting.name} ${short(setting.value)}${weights}${chosen}`
}

function drawMeasure({ name, title, formatY }: Measure, trainings: readonly TrainingDetail[]): Html | null {
  const phases = offsets(trainings)
  const series = (['train', 'val'] as const).flatMap((split): ChartSeries[] => {
    const points = trainings.flatMap((training, index) =>
      pointsOf(training, name, split).map(([x, y]) => [x + (phases[index]?.from ?? 0), y] as const),
    )
    const style = name === 'learningRate' ? 'rate' : split === 'train' ? 'train' : 'validation'
    return points.length === 0 ? [] : [{ name: split === 'train' ? 'training' : 'validation', style, points }]
  })
  if (series.length === 0) return null
  const marks =
    name === 'learningRate'
      ? []
      : trainings.map(({ bestEpoch }, index) => ({
          x: bestEpoch + (phases[index]?.from ?? 0),
          label: `Kept: epoch ${bestEpoch}`,
        }))
  return html`<figure><figcaption>${title}</figcaption>${lineChart({ id: `curve-${name}`, title, description: describe(title, series, formatY), xLabel: 'epoch', series, formatY, phases, marks })}</figure>`
}

function offsets(trainings: readonly TrainingDetail[]): readonly { from: number; to: number; title: string }[] {
  let from = 0
  return trainings.map(({ epochs, phase, title }) => {
    const start = from
    from += epochs
    return { from: start, to: from, title: phase === '' ? title : phase }
  })
}

/** `[epoch, value]`; where a value was taken several times an epoch, the epoch is a fraction. */
function pointsOf({ curves }: TrainingDetail, name: string, split: string): readonly (readonly [number, number])[] {
  const stepsPerEpoch = Math.max(1, ...curves.map(({ epoch, step }) => (epoch > 0 ? step / epoch : 1)))
  const own = curves.filter((point) => point.name === name && point.split === split && Number.isFinite(point.value))
  const perEpoch = new Set(own.map(({ epoch }) => epoch)).size === own.length
  // Trainings of Graft 0.1.0 don't say which of their curves are by step.
  const isByStep = ({ x }: CurvePoint): boolean =>
    x === undefined ? !perEpoch || name === 'learningRate' : x.name === 'step'
  const at = (point: CurvePoint): number =>
    isByStep(point) ? (point.x?.value ?? point.step) / stepsPerEpoch : (point.x?.value ?? point.epoch)
  return own.map((point) => [at(point), point.value] as const).toSorted(([a], [b]) => a - b)
}

function describe(title: string, series: readonly ChartSeries[], format: (value: number) => string): string {
  return `${title} by epoch. ${series.map(({ name, points }) => `${name}: from ${format(points[0]?.[1] ?? Number.NaN)} to ${format(points.at(-1)?.[1] ?? Number.NaN)}`).join('; ')}.`
}
