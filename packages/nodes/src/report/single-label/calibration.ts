import { calibrationChart } from '../charts/calibration-chart.js'
import { percent, whole } from '../format.js'
import { html } from '../html.js'
import type { EvaluationSection } from '../report-input.js'
import type { SingleLabelEvaluation } from '@graft/graph-schema'

/** Whether the network's confidence can be believed. */
export const calibration: EvaluationSection<SingleLabelEvaluation> = {
  id: 'calibration',
  title: 'Calibration',
  render: (main) => {
    const bins = main.calibrationBins.filter(({ count }) => count > 0)
    if (bins.length === 0) return null
    return html`<div class="side-by-side"><figure>${calibrationChart('calibration', main.calibrationBins)}</figure>
<div><p><b>Expected calibration error: ${percent(main.scores.values['calibrationError'])}.</b> ${reading(main)}</p>
<p class="muted">A bar below the line: the network was surer than it was right. Above: it was right more often than it thought.</p>
<details><summary>Numbers</summary><div class="scroll"><table><caption>Calibration by confidence</caption><thead><tr><th scope="col">Confidence</th><th scope="col" class="number">Images</th><th scope="col" class="number">Mean confidence</th><th scope="col" class="number">Accuracy</th></tr></thead>
<tbody>${bins.map((bin) => html`<tr><th scope="row">${percent(bin.low, 0)} – ${percent(bin.high, 0)}</th><td class="number">${whole(bin.count)}</td><td class="number">${percent(bin.confidence)}</td><td class="number">${percent(bin.accuracy)}</td></tr>`)}</tbody></table></div></details></div></div>`
  },
}

function reading({ calibrationBins, scores, count }: SingleLabelEvaluation): string {
  const calibrationError = scores.values['calibrationError'] ?? Number.NaN
  const gap =
    calibrationBins.reduce((sum, bin) => sum + (bin.count > 0 ? (bin.confidence - bin.accuracy) * bin.count : 0), 0) /
    Math.max(1, count)
  const tendency =
    Math.abs(gap) < 0.01
      ? 'neither too sure nor too modest on the whole'
      : `on the whole ${Math.abs(gap) < 0.05 ? 'a little ' : ''}${gap > 0 ? 'surer than it should be' : 'more modest than it need be'}`
  const trust =
    calibrationError < 0.05
      ? 'Its probabilities can be taken at their word'
      : calibrationError < 0.12
        ? 'Its probabilities are a fair guide'
        : 'Its probabilities should not be taken at their word'
  return `${trust}; the network is ${tendency}.`
}
