import type { MultiLabelEvaluation } from '@graft/graph-schema'
import { fixed, percent } from '../format.js'
import { html } from '../html.js'
import type { Html } from '../html.js'
import type { EvaluationSection, ReportInput } from '../report-input.js'

type TopLoss = MultiLabelEvaluation['topLosses'][number]

/** The images that the network got most wrong: wrong labels and odd images show up here first. */
export const topLosses: EvaluationSection<MultiLabelEvaluation> = {
  id: 'losses',
  title: 'Images it got most wrong',
  render: (main, input) =>
    main.topLosses.length === 0
      ? null
      : html`<p>Sorted by loss. Look here first for missing labels, odd images, and what the training images lack.</p>
<ul class="gallery">${main.topLosses.map((loss) => image(loss, main, input))}</ul>`,
}

function image(loss: TopLoss, { classNames }: MultiLabelEvaluation, { thumbnails }: ReportInput): Html {
  const name = (index: number): string => classNames[index] ?? String(index)
  const list = (indices: readonly number[]): string => (indices.length === 0 ? 'nothing' : indices.map(name).join(', '))
  const said = loss.prediction.map((index) => `${name(index)} (${percent(loss.probabilities[index], 0)})`)
  const source = thumbnails.get(loss.thumbnail.sha256)
  // Anything but an inline image would be a request to the outside.
  const shown =
    source?.startsWith('data:image/') === true
      ? html`<img src="${source}" alt="Image ${loss.id}, showing ${list(loss.label)}">`
      : html`<div class="no-image">no image</div>`
  const right =
    loss.label.length === loss.prediction.length && loss.label.every((index) => loss.prediction.includes(index))
  return html`<li><figure>${shown}<figcaption><span class="verdict ${right ? 'right' : 'wrong'}">${right ? 'right, but unsure' : 'wrong'}</span>
<span>said <b>${said.length === 0 ? 'nothing' : said.join(', ')}</b></span><span>is <b>${list(loss.label)}</b></span><span class="muted">loss ${fixed(loss.loss, 2)}</span><span class="muted file">${loss.id}</span></figcaption></figure></li>`
}
