import type { AdviceCandidate, AdviceValue, Estimate } from '@graft/graph-schema'
import { bytes, counted, duration, percent, unknownNumber } from '../format.js'
import { html, type Html } from '../html.js'
import type { ReportSection } from '../report-input.js'

/** The recommendation first, then what it was compared with, and what was not measured. */
export const answer: ReportSection = {
  id: 'advice',
  title: 'What to do',
  render: ({ advice }) => (advice === undefined ? null : recommended(advice)),
}

function recommended(advice: AdviceValue): Html {
  const { recommendation, textbook, unknowns, method } = advice
  return html`<p class="lead">${recommendation.words}</p>
${listOf(recommendation.why)}
${advice.candidates.length > 0 && candidates(advice)}
${textbook !== null && html`<h3>What the textbook says</h3><p>${textbook.words}${against(textbook)}</p>`}
${recommendation.comparedWith.length > 0 && html`<h3>Compared with</h3>${listOf(recommendation.comparedWith.map(({ words }) => words))}`}
${recommendation.notMeasured.length > 0 && html`<h3>Not measured</h3>${listOf(recommendation.notMeasured)}`}
${unknowns.length > 0 && html`<h3>What can't be known from these images</h3>${listOf(unknowns.map(({ words }) => words))}`}
<p class="muted">${method.words}</p>`
}

function against({ agrees, difference }: NonNullable<AdviceValue['textbook']>): string {
  if (agrees) return ' The advice is the same.'
  return difference === null ? '' : ` The advice is ${differenceText(difference)} against it, on the same images.`
}

export const listOf = (lines: readonly string[]): Html | null =>
  lines.length === 0 ? null : html`<ul class="notes">${lines.map((line) => html`<li>${line}</li>`)}</ul>`

/** `87.2% (83.0% to 90.1%)`. */
export const estimateText = (estimate: Estimate | null): string =>
  estimate === null
    ? unknownNumber
    : `${percent(estimate.value)} (${percent(estimate.low)} to ${percent(estimate.high)})`

const differenceText = ({ value, low, high }: Estimate): string =>
  `${signed(value)} percentage points (${signed(low)} to ${signed(high)})`

const signed = (share: number): string => `${share >= 0 ? '+' : ''}${(100 * share).toFixed(1)}`

function candidates({ candidates: all, recommendation, data }: AdviceValue): Html {
  return html`<div class="scroll"><table><caption>Candidates, on ${counted(data.pictures, 'image')}; accuracy on new images with its 95% interval</caption><thead><tr><th scope="col">Candidate</th><th scope="col" class="number">Accuracy</th><th scope="col" class="number">Training</th><th scope="col" class="number">File</th><th scope="col">How known</th></tr></thead>
<tbody>${all.map((candidate) => row(candidate, candidate.id === recommendation.candidate))}</tbody></table></div>`
}

const row = ({ title, accuracy, seconds, modelBytes, status }: AdviceCandidate, chosen: boolean): Html =>
  html`<tr><th scope="row">${title}${chosen && html` <b>(recommended)</b>`}</th><td class="number">${estimateText(accuracy)}</td><td class="number">${duration(seconds)}</td><td class="number">${bytes(modelBytes)}</td><td>${status}</td></tr>`
