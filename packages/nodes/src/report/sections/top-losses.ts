import type { EvaluationDetail, TopLoss } from '../../sdk/values.js'
import { fixed, percent } from '../format.js'
import { html } from '../html.js'
import type { Html } from '../html.js'
import { mainEvaluation } from '../main-evaluation.js'
import type { ReportInput, ReportSection } from '../report-input.js'

/** The pictures that the network got most wrong: wrong labels and odd pictures show up here first. */
export const topLosses: ReportSection = {
  id: 'losses',
  title: 'Pictures it got most wrong',
  render: (input) => {
    const main = mainEvaluation(input)
    if (main === null || main.topLosses.length === 0) return null
    return html`<p>Sorted by loss. Look here first for wrong labels, odd pictures, and what the training pictures lack.</p>
<ul class="gallery">${main.topLosses.map((loss) => picture(loss, main, input))}</ul>`
  },
}

function picture(loss: TopLoss, { classNames }: EvaluationDetail, { thumbnails }: ReportInput): Html {
  const name = (index: number): string => classNames[index] ?? String(index)
  const source = thumbnails.get(loss.thumbnail.sha256)
  const right = loss.label === loss.prediction
  // Anything but an inline picture would be a request to the outside.
  const image =
    source?.startsWith('data:image/') === true
      ? html`<img src="${source}" alt="Picture ${loss.id}, showing ${name(loss.label)}">`
      : html`<div class="no-picture">no picture</div>`
  return html`<li><figure>${image}<figcaption><span class="verdict ${right ? 'right' : 'wrong'}">${right ? 'right, but unsure' : 'wrong'}</span>
<span>said <b>${name(loss.prediction)}</b> (${percent(loss.probability)})</span><span>is <b>${name(loss.label)}</b></span><span class="muted">loss ${fixed(loss.loss, 2)}</span><span class="muted file">${loss.id}</span></figcaption></figure></li>`
}
