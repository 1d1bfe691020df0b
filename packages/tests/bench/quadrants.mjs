// Does the textbook's advice hold? Every template on every data set: test accuracy. `node
// packages/tests/bench/quadrants.mjs [SEEDS] [HOME]` With HOME (a folder for cache and store) an interrupted benchmark
// goes on where it was: finished cells are reused. The column "large-different" is training from scratch, so the first
// row also shows what transfer is worth.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keepResults, machineFacts, outputOf, runGraft } from './bench-kit.mjs'

const quadrants = ['small-similar', 'large-similar', 'small-different', 'large-different']
const seeds = Array.from({ length: Number(process.argv[2] ?? 1) }, (_, index) => index + 1)
const kept = process.argv[3]
const home = kept ?? mkdtempSync(join(tmpdir(), 'graft-quadrants-'))

async function accuracy(template, set, seed) {
  const phases = template === 'large-similar' ? ['train', 'finetune'] : ['train']
  const options = ['--set', `images.set=${set}`, ...phases.flatMap((phase) => ['--set', `${phase}.seed=${seed}`])]
  // What a template may spend follows the data: 40 epochs on small sets, 10 on large ones, but its own number on its
  // own kind.
  const [setSize, templateSize] = [set, template].map((name) => name.split('-')[0])
  if (setSize !== templateSize)
    options.push(...phases.flatMap((phase) => ['--set', `${phase}.epochs=${setSize === 'small' ? 40 : 10}`]))
  const events = await runGraft(template, options, home)
  return outputOf(events, 'evaluate', 'metrics').accuracy
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length
const rows = []
for (const set of quadrants) {
  const row = { data: set }
  for (const template of quadrants) {
    const results = []
    for (const seed of seeds) results.push(await accuracy(template, set, seed))
    row[template] = mean(results)
    console.log(`${template} on ${set}: ${results.map((value) => (100 * value).toFixed(1)).join(', ')} %`)
  }
  const best = Math.max(...quadrants.map((template) => row[template]))
  row.behindBest = best - row[set]
  rows.push(row)
}
console.log('')
keepResults('quadrants', rows, machineFacts({ seeds: seeds.length, unit: 'test accuracy' }))
const gain = rows[0]['small-similar'] - rows[0]['large-different']
console.log(
  `\nTransfer beats training from scratch on the small-and-similar set by ${(100 * gain).toFixed(1)} points (wanted: 15).`,
)
for (const row of rows)
  console.log(
    `${row.data}: its own template is ${row.behindBest <= 0.02 ? 'best or within 2 points' : `${(100 * row.behindBest).toFixed(1)} points behind the best`}.`,
  )
if (kept === undefined) rmSync(home, { recursive: true, force: true })
