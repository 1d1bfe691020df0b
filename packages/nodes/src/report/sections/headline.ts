import type { EvaluationDetail } from '../../sdk/values.js'
import { primaryScore, scoreList } from '@graft/graph-schema'
import type { MetricDescription, Score } from '@graft/graph-schema'
import { counted, duration, percent, scoreText, splitName, unknownNumber, whole } from '../format.js'
import { html } from '../html.js'
import type { Html } from '../html.js'
import { viewsOf } from '../evaluation-views.js'
import { mainEvaluation } from '../main-evaluation.js'
import type { ReportInput, ReportSection } from '../report-input.js'

/** The answer first: how good is it, how sure is that, and compared to what. */
export const headline: ReportSection = {
  id: 'result',
  title: 'Result',
  render: (input) => {
    const main = mainEvaluation(input)
    // A page of advice, of repeated runs or of a search alone has its answer there.
    if (main === null && input.trainings.length === 0 && hasOtherAnswer(input)) return null
    return html`${main === null ? html`<p class="lead">Nothing was evaluated in this run.</p>` : viewsOf(main).reading(main)}
<dl class="cards">${main !== null && evaluationCards(main)}${trainingCards(input)}</dl>
${input.evaluations.length > 1 && allEvaluations(input)}`
  },
}

const hasOtherAnswer = ({ advice, repeats = [], searches = [] }: ReportInput): boolean =>
  advice !== undefined || repeats.length + searches.length > 0

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
  return html`<div class="scroll"><table><caption>All evaluations of this run</caption><thead><tr><th scope="col">Evaluation</th><th scope="col">Split</th><th scope="col" class="number">Images</th>${metrics.map(({ title }) => html`<th scope="col" class="number">${title}</th>`)}<th scope="col" class="number">95% interval</th></tr></thead>
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
