import { baselineOf, verdictOnEvaluation } from '@graft/graph-schema'
import type { SingleLabelEvaluation } from '@graft/graph-schema'
import { capital, counted, percent, splitName, whole } from '../format.js'
import { html } from '../html.js'
import type { Html } from '../html.js'

/** How many were right, how sure that is, and compared to what. */
export function reading(detail: SingleLabelEvaluation): Html {
  const right = detail.confusion.reduce((sum, row, index) => sum + (row[index] ?? 0), 0)
  const [low, high] = accuracyInterval(detail)
  const majority = baselineOf(detail)
  const verdict = verdictOnEvaluation(detail)
  const images = `${splitName(detail.split)} image`.trim()
  return html`<div class="hero"><div class="figure"><strong>${percent(detail.scores.values['accuracy'])}</strong><span>${capital(`${splitName(detail.split)} accuracy`.trim())}</span>${intervalBar(detail)}</div>
<div class="lead"><p>Of ${counted(detail.count, images)}, <b>${whole(right)} were recognised correctly</b> and ${whole(detail.count - right)} were not.</p>
<p>From this many images, the accuracy on new images of the same kind is, with 95% confidence, between <b>${percent(low)}</b> and <b>${percent(high)}</b> (Wilson interval). ${advice(detail)}</p>
${majority !== null && html`<p class="muted">For comparison: always answering “${majority.name}” would be right for ${percent(majority.share)} of these images.</p>`}
${verdict !== null && html`<p class="caution"><b>${verdict.text}</b> ${verdict.next}</p>`}</div></div>`
}

function accuracyInterval({ intervals }: SingleLabelEvaluation): readonly [number, number] {
  return intervals['accuracy'] ?? [Number.NaN, Number.NaN]
}

function advice(detail: SingleLabelEvaluation): string {
  const [low, high] = accuracyInterval(detail)
  if (detail.split === 'train') return 'These are the images it was trained on, so new ones will do worse.'
  if (high - low > 0.15) return 'That is a wide range: more images would make it narrower.'
  return detail.split === 'val'
    ? 'The best epoch was chosen by these same images, so expect slightly less on new ones.'
    : ''
}

function intervalBar(detail: SingleLabelEvaluation): Html {
  const [low, high] = accuracyInterval(detail)
  const x = (value: number): number => Math.round(4 + value * 192)
  return html`<svg class="interval" viewBox="0 0 200 30" role="img" aria-label="95% interval from ${percent(low)} to ${percent(high)}"><line class="track" x1="4" x2="196" y1="9" y2="9"/><line class="range" x1="${x(low)}" x2="${x(high)}" y1="9" y2="9"/><circle class="point" cx="${x(detail.scores.values['accuracy'] ?? Number.NaN)}" cy="9" r="5"/><text class="tick" x="4" y="28">0%</text><text class="tick" x="196" y="28" text-anchor="end">100%</text></svg>`
}
