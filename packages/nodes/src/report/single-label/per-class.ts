import type { SingleLabelEvaluation } from '@graft/graph-schema'
import { fixed, percent, whole } from '../format.js'
import { html } from '../html.js'
import type { Html } from '../html.js'
import type { EvaluationSection } from '../report-input.js'

/** Scores of every class, weakest first: that is where work pays. */
export const classScores: EvaluationSection<SingleLabelEvaluation> = {
  id: 'classes',
  title: 'Classes',
  render: ({ perClass }) => {
    const scores = perClass.toSorted((a, b) => (a.f1 ?? 0) - (b.f1 ?? 0))
    return html`<p>Recall: how many images of a class were found. Precision: how often the answer was right when the network named the class. F1 joins the two.</p>
<div class="scroll"><table><caption>Scores by class, weakest first</caption>
<thead><tr><th scope="col">Class</th><th scope="col" class="number">Images</th><th scope="col" class="number">Precision</th><th scope="col" class="number">Recall</th><th scope="col" class="number">F1</th><th scope="col"><span class="visually-hidden">F1 as a bar</span></th></tr></thead>
<tbody>${scores.map((score) => html`<tr><th scope="row">${score.name}</th><td class="number">${whole(score.support)}</td><td class="number">${percent(score.precision)}</td><td class="number">${percent(score.recall)}</td><td class="number">${fixed(score.f1)}</td><td>${bar(score.f1)}</td></tr>`)}</tbody></table></div>`
  },
}

function bar(value: number): Html {
  const width = Number.isFinite(value) ? Math.round(Math.max(0, Math.min(1, value)) * 120) : 0
  return html`<svg class="bar-cell" viewBox="0 0 120 8" aria-hidden="true"><rect class="track" width="120" height="8" rx="4"/><rect class="value" width="${width}" height="8" rx="4"/></svg>`
}
