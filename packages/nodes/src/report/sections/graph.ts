import { parseDocument } from '@graft/graph-schema'
import { graphDrawing } from '../charts/graph-drawing.js'
import { html } from '../html.js'
import type { ReportSection } from '../report-input.js'

/** The pipeline that was run. */
export const graph: ReportSection = {
  id: 'graph',
  title: 'The graph',
  render: (input) => {
    const { document, problems } = parseDocument(input.document)
    if (document === null)
      return html`<p>The graph can't be drawn: ${problems[0]?.message ?? 'it could not be read.'}</p>`
    if (Object.keys(document.nodes).length === 0) return null
    const across = graphDrawing(document, 'across')
    return html`${document.description !== '' && html`<p class="description">${document.description}</p>`}
<figure class="scroll graph-figure${across !== null && ' both-ways'}">${across}${graphDrawing(document, 'down')}</figure>
<p class="muted">Pointing at a node shows all its settings. The whole graph is kept in this page as JSON, so that it can be opened and run again.</p>`
  },
}
