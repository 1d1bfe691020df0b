import type { MultiLabelEvaluation } from '@graft/graph-schema'
import { counted, percent } from '../format.js'
import { html } from '../html.js'
import type { Html } from '../html.js'
import { heatSteps } from '../page-style.js'
import type { EvaluationSection } from '../report-input.js'

/** A table larger than this can't be read, on screen or paper. */
const mostClasses = 40

/** Which classes come together, and which were mistaken for which. */
export const together: EvaluationSection<MultiLabelEvaluation> = {
  id: 'together',
  title: 'Classes together',
  render: (detail) => (detail.classNames.length === 0 ? null : html`${matrix(detail)}${mistakes(detail)}`),
}

function matrix({ together: counts, classNames }: MultiLabelEvaluation): Html {
  const shown = classNames.slice(0, mostClasses).map((_, index) => index)
  const cell = (row: number, column: number): Html => {
    const [count, total] = [counts[row]?.[column] ?? 0, counts[row]?.[row] ?? 0]
    const share = total === 0 ? 0 : count / total
    const title = `${classNames[row] ?? row} with ${classNames[column] ?? column}: ${count} of ${total} (${percent(share)})`
    return html`<td class="hit h${Math.ceil(share * heatSteps)}" title="${title}">${count}</td>`
  }
  return html`<p>Rows: of the images that have this class, how many also have that of the column. The diagonal counts the images of each class.</p>
<div class="scroll"><table class="confusion${shown.length > 12 ? ' dense' : ''}"><caption>Images by pairs of true classes</caption>
<thead><tr><th scope="col" class="corner"></th>${shown.map((column) => html`<th scope="col" class="column"><span>${classNames[column] ?? column}</span></th>`)}</tr></thead>
<tbody>${shown.map((row) => html`<tr><th scope="row">${classNames[row] ?? row}</th>${shown.map((column) => cell(row, column))}</tr>`)}</tbody></table></div>`
}

function mistakes({ confused, classNames }: MultiLabelEvaluation): Html | null {
  if (confused.length === 0) return null
  const name = (index: number): string => classNames[index] ?? String(index)
  return html`<p>Missed, while another class was seen that is not there:</p><ul>${confused.map(({ truth, prediction, count }) => html`<li><b>${name(truth)}</b>, seen as <b>${name(prediction)}</b>: ${counted(count, 'image')}</li>`)}</ul>`
}
