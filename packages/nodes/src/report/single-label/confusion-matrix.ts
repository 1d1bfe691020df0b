import type { SingleLabelEvaluation } from '@graft/graph-schema'
import { capital, percent, splitName, whole } from '../format.js'
import { html } from '../html.js'
import type { Html } from '../html.js'
import { heatSteps } from '../page-style.js'
import type { EvaluationSection } from '../report-input.js'

/** A table larger than this can't be read, on screen or paper. */
const mostClasses = 40

/** What each class was taken for. */
export const confusionMatrix: EvaluationSection<SingleLabelEvaluation> = {
  id: 'confusion',
  title: 'Confusion matrix',
  render: (detail) => (detail.classNames.length === 0 ? null : matrix(detail)),
}

function matrix(detail: SingleLabelEvaluation): Html {
  const shown = shownClasses(detail)
  const left = detail.classNames.length - shown.length
  return html`<div class="confusion-block"><p>Rows are what the image shows, columns what the network said. Colours compare within a row: <span class="swatch hit h${heatSteps}"></span> right, <span class="swatch miss m${heatSteps}"></span> wrong.
${left > 0 && html` Of ${whole(detail.classNames.length)} classes, the ${shown.length} with the most mistakes are shown.`}</p>
<label class="filter"><input type="checkbox" class="only-mistakes"> Show only mistakes</label>
<div class="scroll"><table class="confusion${shown.length > 12 ? ' dense' : ''}"><caption>${capital(`${splitName(detail.split)} images by true and predicted class`.trim())}</caption>
<thead><tr><th scope="col" class="corner">true \\ predicted</th>${shown.map((column) => html`<th scope="col" class="column"><span>${detail.classNames[column] ?? column}</span></th>`)}<th scope="col" class="column total"><span>all</span></th></tr></thead>
<tbody>${shown.map((row) => matrixRow(detail, row, shown))}</tbody></table></div></div>`
}

function matrixRow({ confusion, classNames }: SingleLabelEvaluation, row: number, shown: readonly number[]): Html {
  const counts = confusion[row] ?? []
  const total = counts.reduce((sum, count) => sum + count, 0)
  const cells = shown.map((column) => {
    const count = counts[column] ?? 0
    const share = total === 0 ? 0 : count / total
    const kind = row === column ? 'hit' : 'miss'
    // Mistakes are mostly small shares; the root makes them visible.
    const step = Math.ceil((kind === 'hit' ? share : Math.sqrt(share)) * heatSteps)
    return html`<td class="${kind} ${kind.charAt(0)}${step}" title="${classNames[row] ?? row} taken for ${classNames[column] ?? column}: ${count} of ${total} (${percent(share)})">${count === 0 ? html`<span class="zero">0</span>` : count}${count > 0 && shown.length <= 12 && html`<small>${percent(share, 0)}</small>`}</td>`
  })
  return html`<tr><th scope="row">${classNames[row] ?? row}</th>${cells}<td class="total">${total}</td></tr>`
}

function shownClasses({ confusion, classNames }: SingleLabelEvaluation): readonly number[] {
  const all = classNames.map((_, index) => index)
  if (all.length <= mostClasses) return all
  const mistakes = (index: number): number =>
    confusion.reduce(
      (sum, row, truth) =>
        sum +
        (truth === index
          ? row.reduce((inRow, count, column) => inRow + (column === index ? 0 : count), 0)
          : (row[index] ?? 0)),
      0,
    )
  return all
    .map((index) => ({ index, mistakes: mistakes(index) }))
    .toSorted((a, b) => b.mistakes - a.mistakes)
    .slice(0, mostClasses)
    .map(({ index }) => index)
    .toSorted((a, b) => a - b)
}
