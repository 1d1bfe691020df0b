import type { MultiLabelEvaluation } from '@graft/graph-schema'
import { fixed, percent, whole } from '../format.js'
import { html } from '../html.js'
import type { EvaluationSection } from '../report-input.js'

/** Scores and threshold of every class, weakest first: that is where work pays. */
export const classScores: EvaluationSection<MultiLabelEvaluation> = {
  id: 'classes',
  title: 'Classes',
  render: ({ perClass }) => {
    const scores = perClass.toSorted((a, b) => (a.averagePrecision || 0) - (b.averagePrecision || 0))
    return html`<p>A class counts as there from its threshold on, which was chosen on the validation images. Average precision doesn't depend on it; recall (how many images of the class were found), precision (how often the answer was right) and F1 do.</p>
<div class="scroll"><table><caption>Scores by class, weakest first</caption>
<thead><tr><th scope="col">Class</th><th scope="col" class="number">Images</th><th scope="col" class="number">Predicted</th><th scope="col" class="number">Threshold</th><th scope="col" class="number">Average precision</th><th scope="col" class="number">Precision</th><th scope="col" class="number">Recall</th><th scope="col" class="number">F1</th></tr></thead>
<tbody>${scores.map((score) => html`<tr><th scope="row">${score.name}</th><td class="number">${whole(score.support)}</td><td class="number">${whole(score.predicted)}</td><td class="number">${fixed(score.threshold, 2)}</td><td class="number">${percent(score.averagePrecision)}</td><td class="number">${percent(score.precision)}</td><td class="number">${percent(score.recall)}</td><td class="number">${fixed(score.f1)}</td></tr>`)}</tbody></table></div>`
  },
}
