// Which recipe gets the most out of few images? Every recipe (support/panel/recipes.mjs) on the seven sets in
// shared/real/panel, with 5, 20 and 60 training images per class and three seeds; what is left (30 per class at most) is
// the test. Those that train the backbone run on a part of that, which the table says.
//   node packages/tests/bench/panel.mjs [--quick] [--sets NAME,NAME] [--sizes 5,20] [--recipes 'NAME;NAME'] [--home FOLDER]
// Features and results are kept in FOLDER (default: graft-panel in the temporary folder), so an interrupted benchmark goes
// on where it was. --quick: three sets, 5 and 20 images, one seed. Only the whole benchmark is written into
// results/panel.json. Choices (penalty, weights of stages, neighbours, where to cut) are made by cross-validation on the
// training images; the test images are looked at once.
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { keepResults, machineFacts, printTable, realData } from './bench-kit.mjs'
import { openPanel } from './support/panel/cell.mjs'
import { recipes } from './support/panel/recipes.mjs'

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    home: { type: 'string' },
    sets: { type: 'string' },
    recipes: { type: 'string' },
    sizes: { type: 'string' },
  },
})
const home = flags.home ?? join(tmpdir(), 'graft-panel')
mkdirSync(home, { recursive: true })
const sets =
  flags.sets?.split(',') ??
  readdirSync(`${realData}/panel`)
    .toSorted()
    .slice(0, flags.quick ? 3 : undefined)
const sizes = flags.sizes?.split(',').map(Number) ?? (flags.quick ? [5, 20] : [5, 20, 60])
const seeds = flags.quick ? [1] : [1, 2, 3]
const wanted = flags.recipes?.split(';')
const run = recipes.filter(({ name }, index) => index === 0 || wanted === undefined || wanted.includes(name))

const file = `${home}/results.jsonl`
const known = new Map(
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
        .map(({ key, value, seconds }) => [key, { value, seconds }])
    : [],
)
const runsOn = ({ cells }, size, seed) => cells[size]?.includes(seed) ?? false
const keyOf = (recipe, { set, size, seed }) => [set, size, seed, recipe.name].join(' ')

const measure = await openPanel(home)
for (const set of sets)
  for (const size of sizes)
    for (const seed of seeds) {
      const line = []
      for (const recipe of run.filter((one) => runsOn(one, size, seed))) {
        const key = keyOf(recipe, { set, size, seed })
        if (!known.has(key)) {
          const start = performance.now()
          const value = await measure(recipe, { set, size, seed })
          known.set(key, { value, seconds: (performance.now() - start) / 1000 })
          appendFileSync(file, `${JSON.stringify({ key, ...known.get(key) })}\n`)
        }
        line.push(`${recipe.name} ${(100 * known.get(key).value).toFixed(1)}`)
      }
      console.log(`${set}, ${size} per class, seed ${seed}: ${line.join(', ')}`)
    }

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length
const percent = (value) => Number((100 * value).toFixed(1))
const rows = run.flatMap((recipe) =>
  sizes.flatMap((size) => {
    const own = seeds.filter((seed) => runsOn(recipe, size, seed))
    return own.length === 0 ? [] : [rowOf(recipe, size, own)]
  }),
)

/** A recipe at a size, against the probe on the same cells. */
function rowOf(recipe, size, own) {
  const of = (what, other, set) => mean(own.map((seed) => known.get(keyOf(other, { set, size, seed }))[what]))
  const differences = sets.map((set) => of('value', recipe, set) - of('value', run[0], set))
  return {
    recipe: recipe.name,
    perClass: size,
    seeds: own.length,
    accuracy: percent(mean(sets.map((set) => of('value', recipe, set)))),
    meanDifference: percent(mean(differences)),
    worstDifference: percent(Math.min(...differences)),
    worstSet: sets[differences.indexOf(Math.min(...differences))],
    aheadOn: differences.filter((difference) => difference > 0).length,
    seconds: Number(mean(sets.map((set) => of('seconds', recipe, set))).toFixed(1)),
  }
}

const facts = {
  sets,
  unit: 'test accuracy, points, against the probe on the same sets and seeds; seconds per training, features computed the first time',
}
if (flags.quick || flags.sets || flags.recipes || flags.sizes) printTable(rows)
else keepResults('panel', rows, machineFacts(facts))
