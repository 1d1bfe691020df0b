import { readRepeat } from '@graft/graph-schema'
import type { RepeatDetail } from '@graft/graph-schema'
import { counted, duration, percent, scoreText, short, unknownNumber, whole } from '../format.js'
import { html } from '../html.js'
import type { Html } from '../html.js'
import type { ReportSection } from '../report-input.js'

/** How far the result differs when all is done again. */
export const repeat: ReportSection = {
  id: 'repeat',
  title: 'Done again',
  render: ({ repeats = [] }) => (repeats.length === 0 ? null : html`${repeats.map(repeatOf)}`),
}

function repeatOf(detail: RepeatDetail): Html {
  return html`${readRepeat(detail, { percent, plain: short }).map((sentence) => html`<p>${sentence}</p>`)}
${metricsTable(detail)}
<details><summary>Each run</summary>${runsTable(detail)}</details>`
}

function metricsTable({ title, metrics, spread, runs, planned }: RepeatDetail): Html {
  const missing = runs.length < planned ? `, ${runs.length} of ${planned} runs` : `, ${counted(planned, 'run')}`
  return html`<div class="scroll"><table><caption>${title}${missing}</caption><thead><tr><th scope="col">Metric</th><th scope="col" class="number">Mean</th><th scope="col" class="number">95% interval</th><th scope="col" class="number">Standard deviation</th><th scope="col" class="number">Range</th></tr></thead>
<tbody>${metrics.map((metric) => {
    const found = spread[metric.name]
    if (found === undefined) return null
    const show = (value: number): string => scoreText(metric, value)
    return html`<tr><th scope="row">${metric.title}</th><td class="number">${show(found.mean)}</td><td class="number">${found.interval === null ? unknownNumber : found.interval.map(show).join(' – ')}</td><td class="number">${show(found.deviation)}</td><td class="number">${show(found.least)} – ${show(found.most)}</td></tr>`
  })}</tbody></table></div>`
}

function runsTable({ runs, metrics, primary }: RepeatDetail): Html | null {
  const metric = metrics.find(({ name }) => name === primary)
  if (metric === undefined) return null
  return html`<div class="scroll"><table><thead><tr><th scope="col">Run</th><th scope="col" class="number">${metric.title}</th><th scope="col" class="number">Images</th><th scope="col" class="number">Time</th></tr></thead>
<tbody>${runs.map(({ seed, fold, values, count, seconds }) => html`<tr><th scope="row">${fold !== null && `fold ${fold}, `}seed +${seed}</th><td class="number">${scoreText(metric, values[primary])}</td><td class="number">${whole(count)}</td><td class="number">${duration(seconds)}</td></tr>`)}</tbody></table></div>`
}
