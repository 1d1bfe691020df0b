import { describeCandidate, rankedTrials, readSearch, trialStatusTexts } from '@graft/graph-schema'
import type { SearchDetail, SearchTrial } from '@graft/graph-schema'
import { scatterChart, type ScatterOptions } from '../charts/scatter-chart.js'
import { duration, percent, unknownNumber, whole } from '../format.js'
import { html } from '../html.js'
import type { Html } from '../html.js'
import type { ReportSection } from '../report-input.js'

/** What searches tried, what came out best, and what more time and larger networks bought. */
export const search: ReportSection = {
  id: 'search',
  title: 'What was tried',
  render: ({ searches = [] }) => (searches.length === 0 ? null : html`${searches.map(searchOf)}`),
}

function searchOf(detail: SearchDetail, place: number): Html {
  return html`${readSearch(detail, { percent, duration }).map((sentence) => html`<p>${sentence}</p>`)}
<div class="charts">${chart(detail, `search-${place}-time`, 'time to train and measure', ({ seconds }) => seconds, duration)}${chart(detail, `search-${place}-size`, 'parameters of the network', ({ parameters }) => parameters, whole)}</div>
${table(detail)}`
}

function chart(
  { trials, winner, metric }: SearchDetail,
  id: string,
  against: string,
  read: (trial: SearchTrial) => number | null,
  xText: (value: number) => string,
): Html | null {
  const points = trials.flatMap((trial, index): ScatterOptions['points'] => {
    const x = read(trial)
    if (trial.folds === 0 || x === null || !Number.isFinite(x) || !Number.isFinite(trial.score)) return []
    const tip = `${describeCandidate(trial.candidate)}: ${percent(trial.score)}, ${xText(x)}`
    return [{ x, y: trial.score, interval: trial.interval, tip, isBest: index === winner }]
  })
  if (points.length === 0) return null
  return scatterChart({
    id,
    title: `${metric.title} against ${against}`,
    points,
    xText,
    yText: (value) => percent(value, 0),
  })
}

function table(detail: SearchDetail): Html {
  return html`<div class="scroll"><table><caption>${detail.title}; each was measured on images that it had not learned from</caption><thead><tr><th scope="col">Candidate</th><th scope="col" class="number">${detail.metric.title}</th><th scope="col" class="number">95% interval</th><th scope="col" class="number">Folds</th><th scope="col" class="number">Time</th><th scope="col" class="number">Parameters</th><th scope="col">State</th></tr></thead>
<tbody>${rankedTrials(detail).map(({ trial }) => row(trial, detail.folds))}</tbody></table></div>`
}

function row(
  { candidate, score, interval, folds, seconds, parameters, status, problem }: SearchTrial,
  all: number,
): Html {
  return html`<tr><th scope="row">${describeCandidate(candidate)}</th><td class="number">${percent(score)}</td><td class="number">${interval === null ? unknownNumber : interval.map((bound) => percent(bound)).join(' – ')}</td><td class="number">${folds} of ${all}</td><td class="number">${duration(seconds)}</td><td class="number">${parameters === null ? unknownNumber : whole(parameters)}</td><td>${trialStatusTexts[status]}${problem !== undefined && `: ${problem}`}</td></tr>`
}
