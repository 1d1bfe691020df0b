import { parseDocument } from '@graft/graph-schema'
import { html } from '../html.js'
import type { ReportSection } from '../report-input.js'

/** What ran this, when and where, so that it can be found and run again. */
export const versions: ReportSection = {
  id: 'versions',
  title: 'This run',
  render: ({ versions: known = {}, run, generatedAt, machine, document }) => {
    const { document: graph } = parseDocument(document)
    const facts: readonly (readonly [string, string | undefined])[] = [
      ['Graph', graph?.name],
      ['Run', run],
      ['Written', generatedAt],
      ['Machine', machine],
      ...Object.entries(known),
    ]
    const told = facts.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [{ name, value }]))
    // The name of the graph alone is the title of the page already.
    if (told.every(({ name }) => name === 'Graph')) return null
    return html`<table class="facts"><caption class="visually-hidden">This run</caption><tbody>${told.map(({ name, value }) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}</tbody></table>`
  },
}
