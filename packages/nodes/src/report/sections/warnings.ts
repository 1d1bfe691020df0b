import { html } from '../html.js'
import type { ReportSection } from '../report-input.js'

/** What the run warned about, before anything else is believed. */
export const warnings: ReportSection = {
  id: 'warnings',
  title: 'Warnings',
  render: ({ warnings: lines = [] }) =>
    lines.length === 0 ? null : html`<ul class="warnings">${lines.map((line) => html`<li>${line}</li>`)}</ul>`,
}
