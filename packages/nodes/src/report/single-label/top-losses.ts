import { isWorthALook } from '@graft/graph-schema'
import type { SingleLabelEvaluation, TopLoss } from '@graft/graph-schema'
import { fixed, percent } from '../format.js'
import { html } from '../html.js'
import type { Html } from '../html.js'
import type { EvaluationSection, ReportInput } from '../report-input.js'

/** The images that the network got most wrong: wrong labels and odd images show up here first. */
export const topLosses: EvaluationSection<SingleLabelEvaluation> = {
  id: 'losses',
  title: 'Images it got most wrong',
  render: (main, input) => {
    const shown = main.topLosses.filter(isWorthALook)
    if (shown.length === 0) return null
    return html`<p>Sorted by loss. Look here first for wrong labels, odd images, and what the training images lack.</p>
<ul class="gallery">${shown.map((loss) => image(loss, main, input))}</ul>`
  },
}

function image(loss: TopLoss, { classNames }: SingleLabelEvaluation, { thumbnails }: ReportInput): Html {
  const name = (index: number): string => classNames[index] ?? String(index)
  const source = thumbnails.get(loss.thumbnail.sha256)
  const right = loss.label === loss.prediction
  // Anything but an inline image would be a request to the outside.
  const shown =
    source?.startsWith('data:image/') === true
      ? html`<img src="${source}" alt="Image ${loss.id}, showing ${name(loss.label)}">`
      : html`<div class="no-image">no image</div>`
  return html`<li><figure>${shown}<figcaption><span class="verdict ${right ? 'right' : 'wrong'}">${right ? 'right, but unsure' : 'wrong'}</span>
<span>said <b>${name(loss.prediction)}</b> (${percent(loss.probability)})</span><span>is <b>${name(loss.label)}</b></span><span class="muted">loss ${fixed(loss.loss, 2)}</span><span class="muted file">${loss.id}</span></figcaption></figure></li>`
}
