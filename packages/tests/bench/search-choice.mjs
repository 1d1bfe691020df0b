// Does Search find more than the recommendation? By features alone, without the time that runs take: of what Search tries
// with a solved head on the whole network, whichever three folds of the training images and a standard error choose, all
// asked about images that they never saw. `search.mjs` has whole runs of Search and of the advice.
//   node packages/tests/bench/search-choice.mjs [--sets NAME,NAME] [--home FOLDER]
// The sets in shared/real/panel, 20 images per class, three seeds. Features are kept in FOLDER (default:
// graft-search-choice in the temporary folder). Only the whole benchmark is written into results/search-choice.json.
//   recommended: least squares on all stages, what the advice says; twice: the same on the middle and the whole of images
//   from X: the choice less the recommended, begun with X, how often it left that, and McNemar's exact one-sided test of
//     the worst draw
//   withoutIt: had Search begun with what is best on the other sets, its choice less the recommended, on this set
//   heads: processor seconds of the recommended head, and of all that the choice trains, folds included (means of a draw)
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
import {
  addHead,
  createRandom,
  deriveSeed,
  freeze,
  loadTensors,
  readNetwork,
  seeTwice,
  shuffle,
  stripHead,
} from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { createImageLoader } from '@graft/nodes'
import { keepResults, machineFacts, printTable, realData } from './bench-kit.mjs'

const { values: flags } = parseArgs({ options: { home: { type: 'string' }, sets: { type: 'string' } } })
const home = flags.home ?? join(tmpdir(), 'graft-search-choice')
mkdirSync(home, { recursive: true })
const panel = `${realData}/panel`
const sets = flags.sets?.split(',') ?? readdirSync(panel).toSorted()
const [size, seeds, foldCount, margin, fewestAsked] = [20, [1, 2, 3], 3, 1, 10]
/** What heads read: a network for other images than it says, or pooled otherwise. */
const kinds = {
  plain: { pooling: 'average', prepare: (network) => network },
  max: { pooling: 'averageAndMax', prepare: (network) => network },
  twice: { pooling: 'average', prepare: seeTwice },
}
const ways = {
  recommended: ['plain', averaged],
  solver: ['plain', solved],
  pooled: ['max', solved],
  pooledLeastSquares: ['max', averaged],
  twice: ['twice', averaged],
}
/** What Search may begin with, and leaves only for what is better. */
const firsts = ['recommended', 'twice']
const task = findTask('single-label')
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length
const points = (share) => Number((100 * share).toFixed(1))
let backbone = null

const cells = []
for (const set of sets) for (const seed of seeds) cells.push(await measure(set, seed))
const chosen = (cell, from) => cell.found[choiceFrom(cell.found, from)].after
const gain = (own, from) => mean(own.map((cell) => mean(chosen(cell, from)) - mean(cell.found.recommended.after)))
const rows = sets.map((set) => {
  const own = cells.filter((cell) => cell.set === set)
  const others = cells.filter((cell) => cell.set !== set)
  return {
    set,
    ...Object.fromEntries(Object.keys(ways).map((way) => [way, points(meanOf(own, way))])),
    ...Object.fromEntries(firsts.map((first) => [`from ${first}`, summaryOf(own, first)])),
    ...(others.length > 0 && { withoutIt: `${points(gain(own, bestOn(others)))} from ${bestOn(others)}` }),
    heads: `${seconds(own, ({ found }) => found.recommended.seconds.head)} of ${seconds(own, spentOn)}`,
  }
})
const verdict = Object.fromEntries(firsts.map((first) => [first, verdictOf(first)]))
console.log(verdict)
if (flags.sets) printTable(rows)
else
  keepResults(
    'search-choice',
    rows,
    machineFacts({ perClass: size, seeds, unit: 'points of accuracy on held-out images', verdict }),
  )

/** What a choice that begins so comes to on the draws of a set. */
function summaryOf(own, first) {
  const left = own.filter(({ found }) => choiceFrom(found, first) !== first).length
  const least = Math.min(...own.map((cell) => paired(cell, first).worseP))
  return `${points(gain(own, first))}, left on ${left} of ${own.length}, worseP from ${least.toFixed(3)}`
}

function verdictOf(first) {
  const gains = sets.map((set) =>
    points(
      gain(
        cells.filter((cell) => cell.set === set),
        first,
      ),
    ),
  )
  return {
    beaten: `${gains.filter((value) => value > 0).length} of ${sets.length} sets`,
    behind: `${gains.filter((value) => value < 0).length} of ${sets.length} sets`,
    worseBeyondChance: `${cells.filter((cell) => paired(cell, first).worseP < 0.05).length} of ${cells.length} cells`,
    meanDifference: points(gain(cells, first)),
  }
}

/** The way that does best on these draws. */
function bestOn(some) {
  return Object.keys(ways).reduce((best, way) => (meanOf(some, way) > meanOf(some, best) ? way : best))
}

/** Held-out accuracy of a way. */
function meanOf(some, way) {
  return mean(some.map(({ found }) => mean(found[way].after)))
}

/** The chosen head against the recommended one, on the same images. */
function paired({ found, asked }, first) {
  const answers = (hits) => hits.map((score, index) => ({ id: String(asked[index]), truth: '', score }))
  return comparePaired(answers(found.recommended.after), answers(found[choiceFrom(found, first)].after))
}

/** Processor seconds of all folds and of one head on all images. */
function spentOn({ found }) {
  const folds = Object.values(found).reduce((sum, { seconds: took }) => sum + took.folds, 0)
  return folds + found.recommended.seconds.head
}

function secondsOf({ user, system }) {
  return (user + system) / 1e6
}

function seconds(own, read) {
  return mean(own.map(read)).toFixed(1)
}

/** Every way on one draw of images: hits by folds, and on images that nothing was chosen by. */
async function measure(set, seed) {
  const { labels, names } = await featuresFor(set, 'plain')
  const parts = names.map((name, label) =>
    shuffle(
      labels.flatMap((own, row) => (own === label ? [row] : [])),
      createRandom(deriveSeed(seed, `${set} ${name}`)),
    ),
  )
  const taken = (part) => Math.max(1, Math.min(size, part.length - Math.min(fewestAsked, part.length >> 1)))
  const learned = parts.flatMap((part) => part.slice(0, taken(part)))
  const asked = parts.flatMap((part) => part.slice(taken(part)))
  const found = {}
  for (const [name, [kind, head]] of Object.entries(ways)) {
    const features = await featuresFor(set, kind)
    const start = process.cpuUsage()
    const before = await outOfFold(features, head, learned)
    const folds = secondsOf(process.cpuUsage(start))
    const after = await hitsOf(features, head, learned, asked)
    found[name] = { before, after, seconds: { folds, head: secondsOf(process.cpuUsage(start)) - folds } }
  }
  return { set, seed, asked, found }
}

/** The best by the folds; one that is not the first has to be ahead of it by a part of a standard error. */
function choiceFrom(found, from) {
  const lead = ([, { before }]) => {
    const differences = before.map((hit, index) => hit - found[from].before[index])
    return mean(differences) - margin * standardError(differences)
  }
  const ahead = Object.entries(found).filter((way) => way[0] !== from && lead(way) > 0)
  return ahead.toSorted((one, other) => lead(other) - lead(one))[0]?.[0] ?? from
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
  const { pooling, prepare } = kinds[kind]
  const plan = { classNames: names, pooling, hidden: [], dropout: 0, seed: 0, features: 'all' }
  const network = freeze(addHead(prepare(stripHead(backbone.network)), plan), { frozen: true })
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
