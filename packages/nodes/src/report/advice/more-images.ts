import type { LearningCurve } from '@graft/graph-schema'
import { whole } from '../format.js'
import { html, type Html } from '../html.js'
import type { ReportSection } from '../report-input.js'
import { estimateText, listOf } from './answer.js'

/** What more images would bring, and for which classes. */
export const moreImages: ReportSection = {
  id: 'more-images',
  title: 'What more images would bring',
  render: ({ advice }) => (advice?.curve ? curve(advice.curve) : null),
}

function curve({ promise, points, neediest }: LearningCurve): Html {
  return html`${promise !== null && html`<p class="lead">${promise.words}</p>`}
<div class="scroll"><table><caption>Accuracy by the number of images learned from</caption><thead><tr><th scope="col" class="number">Images</th><th scope="col" class="number">Accuracy</th><th scope="col">How known</th></tr></thead>
<tbody>${points.map(({ pictures, accuracy, measured }) => html`<tr><th scope="row" class="number">${whole(pictures)}</th><td class="number">${estimateText(accuracy)}</td><td>${measured ? 'measured' : 'extrapolated'}</td></tr>`)}</tbody></table></div>
${neediest.length > 0 && html`<h3>Classes that need more most</h3>${listOf(neediest.map(({ words }) => words))}`}`
}
