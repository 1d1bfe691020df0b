import { capital, settingText, words } from '../format.js'
import { html } from '../html.js'
import type { ReportSection } from '../report-input.js'

/** Every setting of every training, side by side; what differs between phases stands out. */
export const settings: ReportSection = {
  id: 'settings',
  title: 'Training settings',
  render: ({ trainings }) => {
    const names = [...new Set(trainings.flatMap((training) => Object.keys(training.settings)))]
    if (names.length === 0) return null
    const rows = names.map((name) => ({
      name,
      values: trainings.map((training) => settingText(training.settings[name])),
    }))
    return html`<div class="scroll"><table><caption>Settings of ${trainings.length === 1 ? 'the training' : 'each training; what differs is bold'}</caption>
<thead><tr><th scope="col">Setting</th>${trainings.map((training) => html`<th scope="col">${training.title}</th>`)}</tr></thead>
<tbody>${rows.map(({ name, values }) => html`<tr${new Set(values).size > 1 && html` class="differs"`}><th scope="row" title="${name}">${capital(words(name))}</th>${values.map((value) => html`<td>${value}</td>`)}</tr>`)}</tbody></table></div>`
  },
}
