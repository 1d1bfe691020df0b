// Which recipe gets the most out of few images? Every recipe (support/panel/recipes.mjs) on the seven sets in
// shared/real/panel, with 5, 20 and 60 training images per class and three seeds; what is left (30 per class at most) is
// the test.
//   node packages/tests/bench/panel.mjs [--minutes 40] [--all] [--processes 2] [--sets NAME,NAME] [--sizes 5,20]
//     [--seeds 1,2,...] [--recipes 'NAME;NAME'] [--home FOLDER]
// What makes it fit into 40 minutes on two cores: one process per core, each with one thread; features, decoded images,
// the probe and the trained last stage are shared between recipes; fine-tuning sees images of 128 pixels (and is compared
// with the probe on such), few epochs, and a few drawn views instead of a new one every epoch. Where trainings
// by steps cost most they have one seed: those of the last stage at 60 images per class, of the whole network at 20 and 60.
// `--all` adds the others.
// The most informative cells come first. No cell is begun after so many minutes; features and results are kept in FOLDER
// (default: graft-panel in the temporary folder), so that the next call goes on where this one ended; `--minutes 0` makes
// the table of what is there. Only a call without a choice of sets, sizes, seeds and recipes writes results/panel.json.
// Choices (penalty, weights of stages, neighbours, where to cut) are made by cross-validation on the training images;
// the test images are looked at once.
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { keepResults, machineFacts, printTable, realData } from './bench-kit.mjs'
import { measureAll } from './support/panel/measure-all.mjs'
import { allSeeds, allSizes, families, partsOf } from './support/panel/recipes.mjs'
import { keyOf, tableOf } from './support/panel/table.mjs'

const { values: flags } = parseArgs({
  options: {
    minutes: { type: 'string', default: '40' },
    all: { type: 'boolean', default: false },
    processes: { type: 'string', default: String(availableParallelism()) },
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
const sizes = numbers(flags.sizes, allSizes)
const seeds = numbers(flags.seeds, allSeeds)
const wanted = flags.recipes?.split(';')

const file = `${home}/results.jsonl`
const known = new Map(
  (existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [])
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .map(({ key, ...result }) => [key, result]),
)

const cellsOf = (all) =>
  partsOf(seeds, all)
    .filter(({ size }) => sizes.includes(size))
    .flatMap(({ recipes, ...place }) => sets.map((set) => ({ place: { ...place, set }, recipes })))
    .map(({ place, recipes }) => ({
      place,
      recipes: recipes.filter(({ name }) => wanted === undefined || name === 'probe' || wanted.includes(name)),
    }))
const places = cellsOf(flags.all)
const unknownOf = ({ place, recipes }) => recipes.filter((recipe) => !known.has(keyOf(recipe, place)))
const count = (some) => some.reduce((sum, { recipes }) => sum + recipes.length, 0)
const left = places
  .map((one) => ({ place: one.place, recipes: unknownOf(one) }))
  .filter(({ recipes }) => recipes.length > 0)
const [total, missing] = [count(places), count(left)]
const end = performance.now() + 60_000 * Number(flags.minutes)
let done = 0
await measureAll(left, {
  home,
  processes: Number(flags.processes),
  isOver: () => performance.now() > end,
  onResult(recipe, place, result) {
    const key = keyOf(recipe, place)
    known.set(key, result)
    appendFileSync(file, `${JSON.stringify({ key, ...result })}\n`)
    done += 1
    console.log(
      `${done}/${missing} ${key}: ${(100 * result.value).toFixed(1)}, ${result.cpu.toFixed(1)} s of processor`,
    )
  },
})
if (done < missing) console.log(`${missing - done} cells are left for the next call.`)

const rows = tableOf(families, sets, sizes, seeds, known)
const everything = cellsOf(true)
const facts = {
  sets,
  cells: `${total - missing + done} of ${total}`,
  cellsWithAll: `${count(everything) - everything.reduce((sum, one) => sum + unknownOf(one).length, 0)} of ${count(everything)}`,
  unit: 'test accuracy, points, against the probe on the same images, sets and seeds; seconds of processor per training, features computed the first time',
}
console.log(`${facts.cells} cells`)
if (flags.sets || flags.sizes || flags.seeds || flags.recipes) printTable(rows)
else keepResults('panel', rows, machineFacts(facts))
