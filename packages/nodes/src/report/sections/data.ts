import { counted, percent, whole } from '../format.js'
import { html } from '../html.js'
import type { Html } from '../html.js'
import type { ReportSection } from '../report-input.js'
import type { DatasetValue } from '@graft/graph-schema'

/** The images: how many of what, where from, and which files were left out. */
export const data: ReportSection = {
  id: 'data',
  title: 'The data',
  render: ({ images }) =>
    images === undefined
      ? null
      : html`<p><b>${images.name}</b>: ${counted(images.count, 'image')} of ${counted(images.classNames.length, 'class', 'classes')}.</p>${images.provenance.length > 0 && html`<ul class="notes">${images.provenance.map((line) => html`<li>${line}</li>`)}</ul>`}${classCounts(images)}${skippedFiles(images)}`,
}

function classCounts({ classNames, countPerClass, count }: DatasetValue): Html {
  const most = Math.max(1, ...countPerClass)
  return html`<details${classNames.length <= 20 && html` open`}><summary>Images per class</summary><div class="scroll tall"><table><caption>Images per class</caption><thead><tr><th scope="col">Class</th><th scope="col" class="number">Images</th><th scope="col" class="number">Share</th><th scope="col"><span class="visually-hidden">As a bar</span></th></tr></thead>
<tbody>${classNames.map((name, index) => {
    const own = countPerClass[index] ?? 0
    return html`<tr><th scope="row">${name}</th><td class="number">${whole(own)}</td><td class="number">${percent(own / Math.max(1, count))}</td><td><svg class="bar-cell" viewBox="0 0 120 8" aria-hidden="true"><rect class="track" width="120" height="8" rx="4"/><rect class="value" width="${Math.round((own / most) * 120)}" height="8" rx="4"/></svg></td></tr>`
  })}</tbody></table></div></details>`
}

function skippedFiles({ skipped }: DatasetValue): Html {
  if (skipped.length === 0) return html`<p>No file was skipped.</p>`
  return html`<h3>Skipped files</h3><p>${counted(skipped.length, 'file')} could not be used:</p><div class="scroll tall"><table><caption class="visually-hidden">Skipped files and why</caption><thead><tr><th scope="col">File</th><th scope="col">Why</th></tr></thead><tbody>${skipped.map(({ file, reason }) => html`<tr><th scope="row" class="file">${file}</th><td>${reason}</td></tr>`)}</tbody></table></div>`
}
