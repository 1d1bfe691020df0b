import type { FreezeProofEntry, TrainingDetail } from '../../sdk/values.js'
import { counted, percent, whole } from '../format.js'
import { html } from '../html.js'
import type { Html } from '../html.js'
import type { ReportSection } from '../report-input.js'

/** Evidence that what was frozen did not move: hashes of every frozen parameter and statistic before and after. */
export const freezeProof: ReportSection = {
  id: 'freeze',
  title: 'Freeze proof',
  render: ({ trainings }) =>
    trainings.length === 0
      ? null
      : html`<p>Each frozen parameter and each frozen batch-normalisation statistic was hashed (SHA-256 of its float32 bytes) before and after training.</p>${trainings.map(proofOf)}`,
}

function proofOf(training: TrainingDetail): Html {
  const { freezeProof: entries, title } = training
  const moved = entries.filter(({ identical }) => !identical)
  const frozen = training.totalParameters - training.trainableParameters
  const trained = `${whole(training.trainableParameters)} of ${whole(training.totalParameters)} parameters were trained (${percent(training.trainableParameters / training.totalParameters)}), ${whole(frozen)} were frozen.`
  const verdict =
    entries.length === 0
      ? html`<p class="verdict-line neutral"><b>${title}:</b> nothing was frozen.</p>`
      : moved.length === 0
        ? html`<p class="verdict-line good"><b>${title}:</b> ${summary(entries)} bit-identical. <span aria-hidden="true">✓</span></p>`
        : html`<p class="verdict-line bad"><b>${title}:</b> ${moved.length} of ${entries.length} frozen tensors changed. Please report this; the first is ${moved[0]?.parameter ?? ''}.</p>`
  return html`${verdict}<p class="muted">${trained} All weights after training: <code class="hash">${training.weightsHash}</code></p>
${
  entries.length > 0 &&
  html`<details${moved.length > 0 ? html` open` : html` class="screen-only"`}><summary>All ${counted(entries.length, 'hash', 'hashes')}</summary><div class="scroll tall"><table class="compact"><caption>${title}: frozen tensors before and after</caption><thead><tr><th scope="col">Tensor</th><th scope="col">Kind</th><th scope="col">Before</th><th scope="col">After</th><th scope="col">Same</th></tr></thead>
<tbody>${[...moved, ...entries.filter(({ identical }) => identical)].map(entryRow)}</tbody></table></div></details>`
}`
}

function summary(entries: readonly FreezeProofEntry[]): string {
  const statistics = entries.filter(({ statistic }) => statistic).length
  const parameters = entries.length - statistics
  const parts = [
    parameters > 0 && counted(parameters, 'frozen parameter tensor'),
    statistics > 0 && counted(statistics, 'frozen statistic'),
  ].filter((part) => part !== false)
  return `all ${parts.join(' and ')} ${entries.length === 1 ? 'is' : 'are'}`
}

function entryRow({ parameter, statistic, before, after, identical }: FreezeProofEntry): Html {
  return html`<tr${!identical && html` class="bad"`}><th scope="row">${parameter}</th><td>${statistic ? 'statistic' : 'parameter'}</td><td><code title="${before}">${before.slice(0, 12)}</code></td><td><code title="${after}">${after.slice(0, 12)}</code></td><td>${identical ? 'yes' : 'NO'}</td></tr>`
}
