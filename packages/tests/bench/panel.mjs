// Which recipe for a head gets the most out of few images? Every recipe on the seven sets in shared/real/panel, with 5, 20
// and 60 training images per class and three seeds; what is left (30 per class at most) is the test.
//   node packages/tests/bench/panel.mjs [--quick] [--sets NAME,NAME] [--home FOLDER]
// Features and results are kept in FOLDER (default: graft-panel in the temporary folder), so an interrupted benchmark goes
// on where it was. --quick: three sets, 5 and 20 images, one seed. Only
// the whole benchmark is written into results/panel.json.
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fit, onnxEngine, predictLogits } from '@graft/engines'
import { addHead, createRandom, deriveSeed, freeze, loadTensors, readNetwork, shuffle, stripHead } from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { createImageLoader } from '@graft/nodes'
import { keepResults, machineFacts, realData } from './bench-kit.mjs'

const { values: flags } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, home: { type: 'string' }, sets: { type: 'string' } },
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

/** The first is what the others are compared with. */
const recipes = [
  { name: 'probe', settings: { method: 'solver' } },
  { name: 'descent', settings: { epochs: 40 } },
  { name: 'all stages', head: { features: 'all' }, settings: { method: 'solver' } },
  { name: 'all, unweighted', head: { features: 'all', stageWeight: 1 }, settings: { method: 'solver' } },
]

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

async function accuracy(set, size, seed, recipe) {
  const { classNames, train, test } = samplesOf(set, size, seed)
  const network = freeze(
    addHead(stripped, { classNames, pooling: 'average', hidden: [], dropout: 0, seed, ...recipe.head }),
    { frozen: true },
  )
  const own = {
    ...network,
    parameters: Object.fromEntries(Object.entries(network.parameters).filter(([name]) => name.startsWith('head'))),
  }
  const fresh = await loadTensors(own, () => Promise.reject(new Error('no blobs')))
  const tensors = new Map([...backbone.tensors, ...fresh].filter(([name]) => network.parameters[name] !== undefined))
  const open = (samples) =>
    createImageLoader({ samples, transforms: [], preprocessing: network.preprocessing, seed, threads: 1 })
  const [source, held] = [open(train), open(test)]
  try {
    const result = await fit({
      network,
      tensors,
      engines: { forward: onnxEngine, training: onnxEngine },
      train: source,
      settings: { seed, ...recipe.settings },
      cacheDirectory: `${home}/features`,
    })
    const { logits, classes } = await predictLogits(onnxEngine, network, result.tensors, held, {
      cache: { directory: `${home}/features` },
    })
    const right = test.filter(({ label }, row) => {
      const outputs = logits.subarray(row * classes, (row + 1) * classes)
      return outputs.indexOf(Math.max(...outputs)) === label
    })
    return right.length / test.length
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
        .map(({ key, value }) => [key, value])
    : [],
)
for (const set of sets)
  for (const size of sizes)
    for (const seed of seeds) {
      const line = []
      for (const recipe of recipes) {
        const key = [set, size, seed, recipe.name].join(' ')
        if (!known.has(key)) {
          known.set(key, await accuracy(set, size, seed, recipe))
          appendFileSync(file, `${JSON.stringify({ key, value: known.get(key) })}\n`)
        }
        line.push(`${recipe.name} ${(100 * known.get(key)).toFixed(1)}`)
      }
      console.log(`${set}, ${size} per class, seed ${seed}: ${line.join(', ')}`)
    }

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length
const rows = recipes.flatMap(({ name }) =>
  sizes.map((size) => {
    const of = (recipe, set) => mean(seeds.map((seed) => known.get([set, size, seed, recipe].join(' '))))
    const differences = sets.map((set) => of(name, set) - of(recipes[0].name, set))
    const percent = (value) => Number((100 * value).toFixed(1))
    return {
      recipe: name,
      perClass: size,
      accuracy: percent(mean(sets.map((set) => of(name, set)))),
      meanDifference: percent(mean(differences)),
      worstDifference: percent(Math.min(...differences)),
      worstSet: sets[differences.indexOf(Math.min(...differences))],
    }
  }),
)
if (flags.quick || flags.sets) console.table(rows)
else keepResults('panel', rows, machineFacts({ seeds: seeds.length, sets, unit: 'test accuracy, points' }))
