import { html } from '../html.js'
import type { ReportSection } from '../report-input.js'

/** What ran this, so that it can be run again. */
export const versions: ReportSection = {
  id: 'versions',
  title: 'Versions',
  render: ({ versions: known = {} }) => {
    const entries = Object.entries(known)
    return entries.length === 0
      ? null
      : html`<table class="facts"><caption class="visually-hidden">Versions</caption><tbody>${entries.map(([name, version]) => html`<tr><th scope="row">${name}</th><td>${version}</td></tr>`)}</tbody></table>`
  },
}
