// Which recipe gets the most out of few images? Every recipe (support/panel/recipes.mjs) on the seven sets in
// shared/real/panel, with 5, 20 and 60 training images per class and three seeds; what is left (30 per class at most) is
// the test. Those that train the backbone run on a part of that, which the table says: number of sets and seeds.
//   node packages/tests/bench/panel.mjs [--minutes 40] [--sets NAME,NAME] [--sizes 5,20] [--seeds 1,2]
//     [--recipes 'NAME;NAME'] [--home FOLDER]
// Nothing is begun after so many minutes; features and results are kept in FOLDER (default: graft-panel in the temporary
// folder), so that the next call goes on where this one ended; `--minutes 0` makes the table of what is there. Only a
// call without a choice of sets, sizes, seeds and recipes writes results/panel.json. Choices (penalty, weights of stages,
// neighbours, where to cut) are made by cross-validation on the training images; the test images are looked at once.
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { keepResults, machineFacts, printTable, realData } from './bench-kit.mjs'
import { openPanel } from './support/panel/cell.mjs'
import { parts, recipes } from './support/panel/recipes.mjs'
import { keyOf, tableOf } from './support/panel/table.mjs'

const { values: flags } = parseArgs({
  options: {
    minutes: { type: 'string', default: '40' },
    home: { type: 'string' },
    sets: { type: 'string' },
    sizes: { type: 'string' },
    seeds: { type: 'string' },
    recipes: { type: 'string' },
  },
})
const numbers = (text, all) => text?.split(',').map(Number) ?? all
const home = flags.home ?? join(tmpdir(), 'graft-panel')
mkdirSync(home, { recursive: true })
const sets = flags.sets?.split(',') ?? readdirSync(`${realData}/panel`).toSorted()
const sizes = numbers(flags.sizes, [5, 20, 60])
const seeds = numbers(flags.seeds, [1, 2, 3])
const wanted = flags.recipes?.split(';')
const run = recipes.filter(({ name }, index) => index === 0 || wanted === undefined || wanted.includes(name))

const file = `${home}/results.jsonl`
const known = new Map(
  (existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [])
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .map(({ key, value, seconds }) => [key, { value, seconds }]),
)

const cells = parts
  .filter(({ size }) => sizes.includes(size))
  .flatMap((part) =>
    part.seeds
      .filter((seed) => seeds.includes(seed))
      .flatMap((seed) =>
        sets.flatMap((set) => part.recipes.map((recipe) => ({ recipe, place: { set, size: part.size, seed } }))),
      ),
  )
  .filter(({ recipe }) => run.includes(recipe))
const left = cells.filter(({ recipe, place }) => !known.has(keyOf(recipe, place)))
const end = performance.now() + 60_000 * Number(flags.minutes)
const measure = left.length > 0 && Number(flags.minutes) > 0 ? await openPanel(home) : null
let done = 0
for (const { recipe, place } of left) {
  if (measure === null || performance.now() > end) break
  const start = performance.now()
  const value = await measure(recipe, place)
  const result = { value, seconds: (performance.now() - start) / 1000 }
  known.set(keyOf(recipe, place), result)
  appendFileSync(file, `${JSON.stringify({ key: keyOf(recipe, place), ...result })}\n`)
  done += 1
  console.log(
    `${done}/${left.length} ${keyOf(recipe, place)}: ${(100 * value).toFixed(1)}, ${result.seconds.toFixed(1)} s`,
  )
}
if (done < left.length) console.log(`${left.length - done} cells are left for the next call.`)

const rows = tableOf(run, sets, sizes, seeds, known)
const facts = {
  sets,
  cells: `${cells.length - left.length + done} of ${cells.length}`,
  unit: 'test accuracy, points, against the probe on the same sets and seeds; seconds per training, features computed the first time',
}
if (flags.sets || flags.sizes || flags.seeds || flags.recipes) printTable(rows)
else keepResults('panel', rows, machineFacts(facts))
