import { createHash } from 'node:crypto'
import { nameOfSource } from './format.js'
import { html, rawHtml } from './html.js'
import type { Html } from './html.js'
import { pageScript } from './page-script.js'
import { pageStyle } from './page-style.js'
import type { ReportInput } from './report-input.js'
import { renderSections } from './sections/index.js'

/** Id of the script element that holds the graph as JSON. */
export const documentElementId = 'graft-document'

/**
 * Writes a report as one web page that needs nothing else: no other file, no network, and no script to be read.
 * Pure: the same input gives the same page. All text from outside is escaped, and the page's own policy forbids any
 * other script or request.
 */
export function renderReport(input: ReportInput): string {
  const rendered = renderSections(input)
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Graft">
<title>${input.title}</title>
<style>${rawHtml(pageStyle)}</style>
</head>
<body>
<div class="page">
<header class="top"><div><h1>${input.title}</h1>${subtitle(input)}</div><button id="theme" type="button" hidden>Dark</button></header>
<nav aria-label="Sections"><ul>${rendered.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
<main>
${rendered.map(
  ({ id, title, content }) => html`<section id="${id}" aria-labelledby="${id}-heading">
<h2 id="${id}-heading">${title}</h2>
${content}
</section>
`,
)}</main>
<footer>Written by Graft. This page works offline and sends nothing anywhere.</footer>
</div>
<script type="application/json" id="${documentElementId}">${embeddedJson(input.document)}</script>
<script>${rawHtml(pageScript)}</script>
</body>
</html>
`
  return page.text
}

/** Nothing is allowed but images inside the page, its own style sheet and its own script. */
const contentPolicy = `default-src 'none'; img-src data:; style-src ${hashSource(pageStyle)}; script-src ${hashSource(pageScript)}; base-uri 'none'; form-action 'none'`

function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

/** JSON that can't end its script element: `<` only occurs inside strings, where it may be written as an escape. */
function embeddedJson(value: unknown): Html {
  return rawHtml(
    (JSON.stringify(value) ?? 'null')
      .replaceAll('<', '\\u003c')
      .replaceAll('\u2028', '\\u2028')
      .replaceAll('\u2029', '\\u2029'),
  )
}

function subtitle({ generatedAt, network, run }: ReportInput): Html | null {
  const parts = [
    network === undefined ? null : `Transfer learning from ${nameOfSource(network.provenance.source)}`,
    generatedAt ?? null,
    run === undefined ? null : `run ${run}`,
  ].filter((part) => part !== null)
  return parts.length === 0 ? null : html`<p>${parts.join(' · ')}</p>`
}
