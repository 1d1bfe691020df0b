// The table of docs/exports.md, from the rows of results/program-parity.json.
import { readFileSync, writeFileSync } from 'node:fs'

const page = new URL('../../../../docs/exports.md', import.meta.url)
const columns = [
  'Graph',
  'PyTorch',
  'Losses of 30 steps',
  'What the steps moved them by',
  'Other answers (`evaluate.py`, `predict.py`)',
  'Probabilities (likewise)',
  'Frozen tensors, changed',
  'From the same states: losses; other answers, probabilities',
]

/** Puts the rows in the place of those that the page has. */
export function writeParityTable(rows) {
  const lines = [columns, columns.map(() => '---'), ...rows.map(cellsOf)].map((cells) => `| ${cells.join(' | ')} |`)
  const table = lines.join('\n').replace(/^\| --- .*$/m, `|${columns.map(() => '---').join('|')}|`)
  const text = readFileSync(page, 'utf8')
  const place = /^\| Graph \|.*\n(?:\|.*\n)+/m
  if (!place.test(text)) throw new Error('docs/exports.md has no table that begins with "| Graph |".')
  writeFileSync(
    page,
    text.replace(place, () => `${table}\n`),
  )
}

const cellsOf = (row) => [
  `\`${row.name}\``,
  row.pytorch.match(/^\d+\.\d+/)[0],
  row.steps === 0 ? 'no steps' : rounded(row.loss),
  row.lossMoved == null ? '–' : String(Number(row.lossMoved.toPrecision(2))),
  `${row.otherAnswers}, ${row.otherPredictions ?? '–'} of ${row.evaluated}`,
  `${rounded(row.probability)}, ${row.predictedProbability == null ? '–' : rounded(row.predictedProbability)}`,
  `${row.frozen}, ${row.moved}`,
  row.stretches == null
    ? '–'
    : `${rounded(row.stretchLoss)}; ${row.otherAnswersOfOneNetwork}, ${rounded(row.probabilityOfOneNetwork)}`,
]

const rounded = (value) => value.toExponential(0)
