// Which recipe for a head gets the most out of few images? Every recipe on the seven sets in shared/real/panel, with 5, 20
// and 60 training images per class and three seeds; what is left (30 per class at most) is the test.
//   node packages/tests/bench/panel.mjs [--quick] [--sets NAME,NAME] [--recipes NAME,NAME] [--home FOLDER]
// Features and results are kept in FOLDER (default: graft-panel in the temporary folder), so an interrupted benchmark goes
// on where it was. --quick: three sets, 5 and 20 images, one seed. Only the whole benchmark is written into
// results/panel.json. Choices (penalty, weights of stages, neighbours, where to cut) are made by cross-validation on the
// training images; the test images are looked at once.
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { onnxEngine } from '@graft/engines'
import { createRandom, deriveSeed, readNetwork, shuffle, stripHead } from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { createImageLoader } from '@graft/nodes'
import { keepResults, machineFacts, printTable, realData } from './bench-kit.mjs'
import { recipes } from './support/panel-recipes.mjs'

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    home: { type: 'string' },
    sets: { type: 'string' },
    recipes: { type: 'string' },
  },
})
const home = flags.home ?? join(tmpdir(), 'graft-panel')
mkdirSync(home, { recursive: true })
const sets =
  flags.sets?.split(',') ??
  readdirSync(`${realData}/panel`)
    .toSorted()
    .slice(0, flags.quick ? 3 : undefined)
const sizes = flags.quick ? [5, 20] : [5, 20, 60]
const seeds = flags.quick ? [1] : [1, 2, 3]
const mostTested = 30
const wanted = flags.recipes?.split(',')
const run = recipes.filter(({ name }, index) => index === 0 || wanted === undefined || wanted.includes(name))

const backbone = await readNetwork(await openModelFiles(`${realData}/mobilenet_v1_0.75_224`))
const stripped = stripHead(backbone.network)

function samplesOf(set, size, seed) {
  const root = `${realData}/panel/${set}`
  const classNames = readdirSync(root).toSorted()
  const parts = classNames.map((name, label) => {
    const files = readdirSync(`${root}/${name}`).toSorted()
    const order = shuffle(files, createRandom(deriveSeed(seed, `${set} ${name}`)))
    return order.map((file) => ({ path: `${root}/${name}/${file}`, fingerprint: `${set}/${name}/${file}`, label }))
  })
  // At least ten of a class are kept for the test, where there are that many.
  const taken = (part) => Math.max(1, Math.min(size, part.length - Math.min(10, part.length >> 1)))
  return {
    classNames,
    train: parts.flatMap((part) => part.slice(0, taken(part))),
    test: parts.flatMap((part) => part.slice(-mostTested).slice(-(part.length - taken(part)))),
  }
}

/** Share of the test images that a recipe gets right. */
async function accuracy(set, size, seed, recipe) {
  const { classNames, train, test } = samplesOf(set, size, seed)
  const open = (samples) =>
    createImageLoader({ samples, transforms: [], preprocessing: stripped.preprocessing, seed, threads: 1 })
  const [source, held] = [open(train), open(test)]
  try {
    const answers = await recipe.answers({
      stripped,
      tensors: backbone.tensors,
      classNames,
      seed,
      train: source,
      test: held,
      engine: onnxEngine,
      cacheDirectory: `${home}/features`,
    })
    return test.filter(({ label }, row) => answers[row] === label).length / test.length
  } finally {
    await Promise.all([source.close(), held.close()])
  }
}

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
for (const set of sets)
  for (const size of sizes)
    for (const seed of seeds) {
      const line = []
      for (const recipe of run) {
        const key = [set, size, seed, recipe.name].join(' ')
        if (!known.has(key)) {
          const start = performance.now()
          const value = await accuracy(set, size, seed, recipe)
          known.set(key, { value, seconds: (performance.now() - start) / 1000 })
          appendFileSync(file, `${JSON.stringify({ key, ...known.get(key) })}\n`)
        }
        line.push(`${recipe.name} ${(100 * known.get(key).value).toFixed(1)}`)
      }
      console.log(`${set}, ${size} per class, seed ${seed}: ${line.join(', ')}`)
    }

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length
const of = (what, recipe, set, size) => mean(seeds.map((seed) => known.get([set, size, seed, recipe].join(' '))[what]))
const percent = (value) => Number((100 * value).toFixed(1))
const rows = run.flatMap(({ name }) =>
  sizes.map((size) => {
    const differences = sets.map((set) => of('value', name, set, size) - of('value', run[0].name, set, size))
    return {
      recipe: name,
      perClass: size,
      accuracy: percent(mean(sets.map((set) => of('value', name, set, size)))),
      meanDifference: percent(mean(differences)),
      worstDifference: percent(Math.min(...differences)),
      worstSet: sets[differences.indexOf(Math.min(...differences))],
      bestOn: sets.filter((set) =>
        run.every((other) => of('value', other.name, set, size) <= of('value', name, set, size)),
      ).length,
      seconds: Number(mean(sets.map((set) => of('seconds', name, set, size))).toFixed(1)),
    }
  }),
)
const facts = {
  seeds: seeds.length,
  sets,
  unit: 'test accuracy, points; seconds per head, features computed the first time',
}
if (flags.quick || flags.sets || flags.recipes) printTable(rows)
else keepResults('panel', rows, machineFacts(facts))
