import { verdictOnNetwork } from '@graft/graph-schema'
import type { MultiLabelEvaluation } from '@graft/graph-schema'
import { capital, counted, fixed, percent, splitName } from '../format.js'
import { html } from '../html.js'
import type { Html } from '../html.js'

/** How well the classes are told, and how often an image is answered without any mistake. */
export function reading(detail: MultiLabelEvaluation): Html {
  const { meanAveragePrecision, subsetAccuracy } = detail.scores.values
  const [low, high] = detail.intervals['subsetAccuracy'] ?? [Number.NaN, Number.NaN]
  const { truth, predicted } = detail.classesPerImage
  const verdict = verdictOnNetwork(detail)
  const images = `${splitName(detail.split)} image`.trim()
  return html`<div class="hero"><div class="figure"><strong>${percent(meanAveragePrecision)}</strong><span>${capital(`${splitName(detail.split)} mean average precision`.trim())}</span></div>
<div class="lead"><p>An image may have several classes. For every class, average precision tells how well the network ranks the images that have it above those that lack it: 100% is a perfect order, and guessing gives the share of the images that have the class.</p>
<p>In <b>${percent(subsetAccuracy)}</b> of ${counted(detail.count, images)} every class was right, with none missed and none added (95% interval ${percent(low)} to ${percent(high)}). The images have ${fixed(truth, 2)} classes on average, and were said to have ${fixed(predicted, 2)}. ${advice(detail)}</p>
${verdict !== null && html`<p class="caution"><b>${verdict.text}</b> ${verdict.next}</p>`}</div></div>`
}

function advice({ split }: MultiLabelEvaluation): string {
  if (split === 'train') return 'These are the images it was trained on, so new ones will do worse.'
  return split === 'val'
    ? 'The best epoch and the thresholds were chosen by these same images, so expect slightly less on new ones.'
    : ''
}
