import type { SingleLabelEvaluation } from '@graft/graph-schema'
import { percent, whole } from '../format.js'
import { html } from '../html.js'
import type { EvaluationSection } from '../report-input.js'

const mostPairs = 15

/** Which classes the network mixes up most. */
export const confusedPairs: EvaluationSection<SingleLabelEvaluation> = {
  id: 'pairs',
  title: 'Most confused pairs',
  render: (main) => {
    const pairs = main.mostConfused.filter(({ count }) => count > 0).slice(0, mostPairs)
    if (pairs.length === 0) return html`<p>No image was taken for another class.</p>`
    const name = (index: number): string => main.classNames[index] ?? String(index)
    return html`<div class="scroll"><table><caption>Mistakes by true and predicted class, most frequent first</caption>
<thead><tr><th scope="col">True class</th><th scope="col">Taken for</th><th scope="col" class="number">Images</th><th scope="col" class="number">Of that class</th></tr></thead>
<tbody>${pairs.map(({ truth, prediction, count }) => html`<tr><th scope="row">${name(truth)}</th><td>${name(prediction)}</td><td class="number">${whole(count)}</td><td class="number">${percent(count / (main.perClass[truth]?.support ?? Number.NaN))}</td></tr>`)}</tbody></table></div>`
  },
}
