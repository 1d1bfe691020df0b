// Does Search's rule of choice find more than the recommendation? By features alone, without the time that runs take: of
// least squares on all stages (the recommendation), a solved head on them, and either of them on averages and maxima,
// whichever three folds of the training images and a standard error choose; all asked about images that they never saw.
// `search.mjs` has whole runs of Search and of the advice.
//   node packages/tests/bench/search-choice.mjs [--sets NAME,NAME] [--home FOLDER]
// The sets in shared/real/panel, 20 images per class, three seeds. Features are kept in FOLDER (default:
// graft-search-choice in the temporary folder). Only the whole benchmark is written into results/search-choice.json.
//   heads: processor seconds of the recommended head, and of all that the choice trains, folds included (means of a draw)
//   worseP, p: McNemar's exact test of the chosen head against the recommended one, one-sided and two-sided
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  curvatureOf,
  featuresOf,
  findTask,
  onnxEngine,
  rowLosses,
  solvable,
  solveAveraged,
  solveHead,
  stratifiedFolds,
  usualSoftness,
} from '@graft/engines'
import { comparePaired } from '@graft/graph-schema'
import { addHead, createRandom, deriveSeed, freeze, loadTensors, readNetwork, shuffle, stripHead } from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { createImageLoader } from '@graft/nodes'
import { keepResults, machineFacts, printTable, realData } from './bench-kit.mjs'

const { values: flags } = parseArgs({ options: { home: { type: 'string' }, sets: { type: 'string' } } })
const home = flags.home ?? join(tmpdir(), 'graft-search-choice')
mkdirSync(home, { recursive: true })
const panel = `${realData}/panel`
const sets = flags.sets?.split(',') ?? readdirSync(panel).toSorted()
const [size, seeds, foldCount, margin, fewestAsked] = [20, [1, 2, 3], 3, 1, 10]
const poolings = { plain: 'average', max: 'averageAndMax' }
const task = findTask('single-label')
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length
const points = (share) => Number((100 * share).toFixed(1))
let backbone = null

const cells = []
for (const set of sets) for (const seed of seeds) cells.push(await choose(set, seed))
const rows = sets.map((set) => {
  const own = cells.filter((cell) => cell.set === set)
  const of = (name) => points(mean(own.map((cell) => cell[name])))
  return {
    ...{
      set,
      recommended: of('recommended'),
      solver: of('solver'),
      pooled: of('pooled'),
      pooledLeastSquares: of('pooledLeastSquares'),
      chosen: of('chosen'),
    },
    difference: points(mean(own.map(({ chosen, recommended }) => chosen - recommended))),
    left: `${own.filter(({ leaves }) => leaves).length} of ${own.length}`,
    heads: `${seconds(own, 'recommendedSeconds')} of ${seconds(own, 'seconds')}`,
    leastWorseP: Math.min(...own.map(({ worseP }) => worseP)),
  }
})
const verdict = {
  beaten: `${rows.filter(({ difference }) => difference > 0).length} of ${rows.length} sets`,
  behind: `${rows.filter(({ difference }) => difference < 0).length} of ${rows.length} sets`,
  worseBeyondChance: `${cells.filter(({ worseP }) => worseP < 0.05).length} of ${cells.length} cells`,
  meanDifference: points(mean(cells.map(({ chosen, recommended }) => chosen - recommended))),
}
console.log(verdict)
if (flags.sets) printTable(rows)
else
  keepResults(
    'search-choice',
    rows,
    machineFacts({ perClass: size, seeds, unit: 'points of accuracy on held-out images', verdict }),
  )

function secondsOf({ user, system }) {
  return (user + system) / 1e6
}

function seconds(own, name) {
  return mean(own.map((cell) => cell[name])).toFixed(1)
}

/** The choice on one draw of images, and what became of it. */
async function choose(set, seed) {
  const [plain, max] = [await featuresFor(set, 'plain'), await featuresFor(set, 'max')]
  const { labels, names } = plain
  const parts = names.map((name, label) =>
    shuffle(
      labels.flatMap((own, row) => (own === label ? [row] : [])),
      createRandom(deriveSeed(seed, `${set} ${name}`)),
    ),
  )
  const taken = (part) => Math.max(1, Math.min(size, part.length - Math.min(fewestAsked, part.length >> 1)))
  const learned = parts.flatMap((part) => part.slice(0, taken(part)))
  const asked = parts.flatMap((part) => part.slice(taken(part)))
  const ways = {
    recommended: [plain, averaged],
    solver: [plain, solved],
    pooled: [max, solved],
    pooledLeastSquares: [max, averaged],
  }
  const found = {}
  const times = {}
  for (const [name, [features, head]] of Object.entries(ways)) {
    const start = process.cpuUsage()
    const before = await outOfFold(features, head, learned)
    const between = process.cpuUsage(start)
    found[name] = { before, after: await hitsOf(features, head, learned, asked) }
    times[name] = { folds: secondsOf(between), all: secondsOf(process.cpuUsage(start)) }
  }
  const choice = chosenOf(found)
  const answers = (hits) => hits.map((score, index) => ({ id: String(asked[index]), truth: '', score }))
  const { worseP, p } = comparePaired(answers(found.recommended.after), answers(found[choice].after))
  const scores = Object.fromEntries(Object.entries(found).map(([name, { after }]) => [name, mean(after)]))
  // The recommended head alone; the folds of all, and the head that is chosen.
  const recommendedSeconds = times.recommended.all - times.recommended.folds
  const folds = Object.values(times).reduce((sum, time) => sum + time.folds, 0)
  const took = { recommendedSeconds, seconds: folds + times[choice].all - times[choice].folds }
  return { set, seed, ...scores, ...took, chosen: scores[choice], leaves: choice !== 'recommended', worseP, p }
}

/** The best by the folds; one that was not recommended has to be ahead of it by a part of a standard error. */
function chosenOf(found) {
  const lead = ([, { before }]) => {
    const differences = before.map((hit, index) => hit - found.recommended.before[index])
    return mean(differences) - margin * standardError(differences)
  }
  const ahead = Object.entries(found).filter((way) => way[0] !== 'recommended' && lead(way) > 0)
  return ahead.toSorted((one, other) => lead(other) - lead(one))[0]?.[0] ?? 'recommended'
}

/** As the advisor's: two images are added, and the variance is 1.75 times that of counting. */
function standardError(differences) {
  const count = differences.length + 2
  const square = (differences.reduce((sum, value) => sum + value ** 2, 0) + 2) / count
  return Math.sqrt((1.75 * Math.max(0, square - mean(differences) ** 2)) / count)
}

async function outOfFold(features, head, learned) {
  const items = learned.map((row) => ({ group: String(row), classes: [features.labels[row]] }))
  const folds = stratifiedFolds(items, foldCount, createRandom(7))
  const hits = []
  for (let fold = 0; fold < foldCount; fold++) {
    const held = learned.flatMap((_, index) => (folds[index] === fold ? [index] : []))
    const taught = learned.filter((_, index) => folds[index] !== fold)
    const found = await hitsOf(
      features,
      head,
      taught,
      held.map((index) => learned[index]),
    )
    held.forEach((index, place) => {
      hits[index] = found[place]
    })
  }
  return hits
}

/** The head of Train's solver. */
function solved(problem) {
  return solveHead({ ...problem, penalties: null })
}

/** The head of Train's least squares. */
function averaged({ labels, ...problem }) {
  return solveAveraged({ ...problem, several: false, classesOf: (row) => [labels[row]], views: 1, penalties: null })
}

/** Whether a head that learns from some rows recognises each of those asked for. */
async function hitsOf(features, head, learned, asked) {
  const { columns, groups, data } = features
  const labels = learned.map((row) => features.labels[row])
  const values = new Float32Array(learned.length * columns)
  learned.forEach((row, index) => {
    values.set(data.subarray(row * columns, (row + 1) * columns), index * columns)
  })
  const own = groups.map((_, index) => 0.6 ** (groups.length - 1 - index))
  const classes = new Set(labels).size
  const { weight, bias } = await head({
    labels,
    ...{ features: values, rows: learned.length, columns, classes, groups, softness: usualSoftness },
    gains: [Infinity, 2, 1, 0.5, 0].map((power) => own.map((gain) => (gain === 1 ? 1 : gain ** power))),
    folds: stratifiedFolds(
      learned.map((row, index) => ({ group: String(row), classes: [labels[index]] })),
      5,
      createRandom(1),
    ),
    curvature: curvatureOf(task, classes),
    lossOf: rowLosses(task, labels, classes, { labelSmoothing: 0 }),
    scoreOf: rowLosses(task, labels, classes, { labelSmoothing: 0 }),
    hits: () => 0,
  })
  const scoreOf = (row, label) => {
    let sum = bias[label]
    for (let k = 0; k < columns; k++) sum += weight[label * columns + k] * data[row * columns + k]
    return sum
  }
  return asked.map((row) => {
    const scores = Array.from({ length: classes }, (_, label) => scoreOf(row, label))
    return scores.indexOf(Math.max(...scores)) === features.labels[row] ? 1 : 0
  })
}

/** Features of all stages of a set's images, pooled in one way; kept. */
async function featuresFor(set, kind) {
  const file = `${home}/${set}.${kind}`
  if (!existsSync(`${file}.json`)) await computeFeatures(set, kind, file)
  const bytes = readFileSync(`${file}.bin`)
  const data = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
  return { ...JSON.parse(readFileSync(`${file}.json`, 'utf8')), data }
}

async function computeFeatures(set, kind, file) {
  backbone ??= await readNetwork(await openModelFiles(`${realData}/mobilenet_v1_0.75_224`))
  const names = readdirSync(`${panel}/${set}`).toSorted()
  const samples = names.flatMap((name, label) =>
    readdirSync(`${panel}/${set}/${name}`)
      .toSorted()
      .map((image) => ({
        ...{ id: `${name}/${image}`, path: `${panel}/${set}/${name}/${image}`, fingerprint: `${set}/${name}/${image}` },
        label,
      })),
  )
  const plan = { classNames: names, pooling: poolings[kind], hidden: [], dropout: 0, seed: 0, features: 'all' }
  const network = freeze(addHead(stripHead(backbone.network), plan), { frozen: true })
  const head = Object.fromEntries(Object.entries(network.parameters).filter(([name]) => name.startsWith('head')))
  const fresh = await loadTensors({ ...network, parameters: head }, () => Promise.reject(new Error('no blobs')))
  const tensors = new Map([...backbone.tensors, ...fresh].filter(([name]) => network.parameters[name] !== undefined))
  const { features, columns, groups } = solvable(network)
  const { preprocessing } = network
  const source = createImageLoader({ samples, transforms: [], preprocessing, seed: 1, threads: 0 })
  const found = await featuresOf(network, tensors, source, [features], {
    engines: { forward: onnxEngine, training: onnxEngine },
  })
  const { data } = await found.layers[features].read(samples.map((_, index) => index))
  writeFileSync(`${file}.bin`, Buffer.from(data.buffer, data.byteOffset, data.byteLength))
  const labels = samples.map(({ label }) => label)
  writeFileSync(`${file}.json`, JSON.stringify({ names, labels, columns, groups }))
  await found.dispose()
  await source.close()
}
