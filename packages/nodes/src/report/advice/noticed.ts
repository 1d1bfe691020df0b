import type { AdviceFinding, AdvicePicture, AdviceValue } from '@graft/graph-schema'
import { html, type Html } from '../html.js'
import type { ReportInput, ReportSection } from '../report-input.js'

/** What is odd about the images, each with the images. */
export const noticed: ReportSection = {
  id: 'noticed',
  title: 'What was noticed about the images',
  render: ({ advice, thumbnails }) =>
    advice === undefined || advice.findings.length === 0
      ? null
      : html`${advice.findings.map((finding) => told(finding, advice, thumbnails))}`,
}

function told(
  { title, text, fix, groups, count }: AdviceFinding,
  advice: AdviceValue,
  thumbnails: ReportInput['thumbnails'],
): Html {
  return html`<h3>${title}</h3><p>${text} ${fix}</p>${groups.length > 0 && groups.length < count && html`<p class="muted">The clearest ${groups.length} of ${count}:</p>`}
${rowsOf(groups).map((group) => html`<ul class="gallery">${group.map((picture) => shown(picture, advice, thumbnails))}</ul>`)}`
}

/** Pairs each in a row of their own; images that stand alone side by side. */
const rowsOf = (groups: AdviceFinding['groups']): AdviceFinding['groups'] =>
  groups.every(({ length }) => length === 1) ? [groups.flat()] : groups

function shown(
  { id, label, otherLabel, thumbnail }: AdvicePicture,
  { data: { classNames } }: AdviceValue,
  thumbnails: ReportInput['thumbnails'],
): Html {
  const source = thumbnail === null ? undefined : thumbnails.get(thumbnail.sha256)
  return html`<li><figure>${source !== undefined && html`<img src="${source}" alt="" width="96" height="96">`}<figcaption><b>${classNames[label] ?? ''}</b>${otherLabel !== undefined && ` or ${classNames[otherLabel] ?? ''}?`}<br><span class="muted">${id}</span></figcaption></figure></li>`
}
