import type { EvaluationDetail } from '../../sdk/values.js'
import { primaryScore, scoreList } from '@graft/graph-schema'
import type { MetricDescription, Score } from '@graft/graph-schema'
import { capital, counted, duration, percent, scoreText, splitName, unknownNumber, whole } from '../format.js'
import { html } from '../html.js'
import type { Html } from '../html.js'
import { mainEvaluation } from '../main-evaluation.js'
import type { ReportInput, ReportSection } from '../report-input.js'

/** The answer first: how good is it, how sure is that, and compared to what. */
export const headline: ReportSection = {
  id: 'result',
  title: 'Result',
  render: (input) => {
    const main = mainEvaluation(input)
    return html`${main === null ? html`<p class="lead">Nothing was evaluated in this run.</p>` : reading(main)}
<dl class="cards">${main !== null && evaluationCards(main)}${trainingCards(input)}</dl>
${input.evaluations.length > 1 && allEvaluations(input)}`
  },
}

function reading(detail: EvaluationDetail): Html {
  const right = detail.confusion.reduce((sum, row, index) => sum + (row[index] ?? 0), 0)
  const [low, high] = accuracyInterval(detail)
  const majority = majorityClass(detail)
  const images = `${splitName(detail.split)} image`.trim()
  return html`<div class="hero"><div class="figure"><strong>${percent(detail.scores.values['accuracy'])}</strong><span>${capital(`${splitName(detail.split)} accuracy`.trim())}</span>${intervalBar(detail)}</div>
<div class="lead"><p>Of ${counted(detail.count, images)}, <b>${whole(right)} were recognised correctly</b> and ${whole(detail.count - right)} were not.</p>
<p>From this many images, the accuracy on new images of the same kind is, with 95 % confidence, between <b>${percent(low)}</b> and <b>${percent(high)}</b> (Wilson interval). ${advice(detail)}</p>
${majority !== null && html`<p class="muted">For comparison: always answering “${majority.name}” would be right in ${percent(majority.share)} of these images.</p>`}</div></div>`
}

function accuracyInterval({ intervals }: EvaluationDetail): readonly [number, number] {
  return intervals['accuracy'] ?? [Number.NaN, Number.NaN]
}

function advice(detail: EvaluationDetail): string {
  const [low, high] = accuracyInterval(detail)
  if (detail.split === 'train') return 'These are the images it was trained on, so new ones will do worse.'
  if (high - low > 0.15) return 'That is a wide range: more images would make it narrower.'
  return detail.split === 'val'
    ? 'The best epoch was chosen by these same images, so expect slightly less on new ones.'
    : ''
}

function majorityClass({
  perClass,
  count,
}: EvaluationDetail): { readonly name: string; readonly share: number } | null {
  const largest = perClass.reduce<EvaluationDetail['perClass'][number] | null>(
    (best, score) => (best === null || score.support > best.support ? score : best),
    null,
  )
  return largest === null || count === 0 ? null : { name: largest.name, share: largest.support / count }
}

function intervalBar(detail: EvaluationDetail): Html {
  const [low, high] = accuracyInterval(detail)
  const x = (value: number): number => Math.round(4 + value * 192)
  return html`<svg class="interval" viewBox="0 0 200 30" role="img" aria-label="95 % interval from ${percent(low)} to ${percent(high)}"><line class="track" x1="4" x2="196" y1="9" y2="9"/><line class="range" x1="${x(low)}" x2="${x(high)}" y1="9" y2="9"/><circle class="point" cx="${x(detail.scores.values['accuracy'] ?? Number.NaN)}" cy="9" r="5"/><text class="tick" x="4" y="28">0 %</text><text class="tick" x="196" y="28" text-anchor="end">100 %</text></svg>`
}

/** Every metric but the one that the headline is about. */
function evaluationCards({ scores }: EvaluationDetail): readonly Html[] {
  return scoreList(scores)
    .filter(({ name }) => name !== scores.primary)
    .map((score) => card(score.title, scoreText(score, score.value), score.note ?? ''))
}

function trainingCards({ trainings }: ReportInput): readonly Html[] {
  const last = trainings.at(-1)
  if (last === undefined) return []
  const seconds = trainings.reduce((sum, training) => sum + training.seconds, 0)
  const epochs = trainings.reduce((sum, training) => sum + training.epochs, 0)
  return [
    card(
      'Training',
      duration(seconds),
      `${counted(epochs, 'epoch')}${trainings.length > 1 ? ` in ${trainings.length} phases` : ''} on ${last.engine}`,
    ),
    card(
      'Trained',
      percent(last.trainableParameters / last.totalParameters),
      `${whole(last.trainableParameters)} of ${whole(last.totalParameters)} parameters${trainings.length > 1 ? ' in the last phase' : ''}`,
    ),
  ]
}

function card(name: string, value: string, note: string): Html {
  return html`<div class="card"><dt>${name}</dt><dd><strong>${value}</strong><span>${note}</span></dd></div>`
}

function allEvaluations({ evaluations }: ReportInput): Html {
  const metrics = uniqueMetrics(evaluations)
  return html`<div class="scroll"><table><caption>All evaluations of this run</caption><thead><tr><th scope="col">Evaluation</th><th scope="col">Split</th><th scope="col" class="number">Images</th>${metrics.map(({ title }) => html`<th scope="col" class="number">${title}</th>`)}<th scope="col" class="number">95 % interval</th></tr></thead>
<tbody>${evaluations.map((detail) => html`<tr><th scope="row">${detail.title}</th><td>${splitName(detail.split) || detail.split}</td><td class="number">${whole(detail.count)}</td>${metrics.map((metric) => html`<td class="number">${scoreText(metric, detail.scores.values[metric.name])}</td>`)}<td class="number">${intervalText(detail, primaryScore(detail.scores))}</td></tr>`)}</tbody></table></div>`
}

function uniqueMetrics(evaluations: readonly EvaluationDetail[]): readonly MetricDescription[] {
  return [
    ...new Map(evaluations.flatMap(({ scores }) => scores.metrics.map((metric) => [metric.name, metric]))).values(),
  ]
}

function intervalText({ intervals }: EvaluationDetail, primary: Score | null): string {
  const interval = primary === null ? undefined : intervals[primary.name]
  if (primary === null || interval === undefined) return unknownNumber
  return interval.map((bound) => scoreText(primary, bound)).join(' – ')
}
