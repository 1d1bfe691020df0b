// Cells of `npm run bench advice`: what the advisor says of some images, and what came of it on images it never saw.
import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import {
  curvatureOf,
  findTask,
  rowLosses,
  solveAveraged,
  solveHead,
  stratifiedFolds,
  usualSoftness,
} from '@graft/engines'
import { createRandom, deriveSeed, shuffle } from '@graft/network'
import { findNearCopies, library, lookOf, readNetworkFeatures } from '@graft/nodes'
import { withSamples } from '@graft/nodes/sdk'
import { alikenessOf, nearlySame } from '../../../nodes/dist/library/advice/measure/neighbours.js'
import { realData } from '../bench-kit.mjs'
import { nodeContext } from './node-context.mjs'

export const panelSets = readdirSync(`${realData}/panel`).toSorted()

const nodeOf = (type) => library.find((node) => node.type === type)
const task = findTask('single-label')
/** Of every class, at least so many are kept to ask about. */
const fewestAsked = 10

/**
 * What images of one thing are in a draw. `network`: those that the network can't tell apart, which the advisor keeps
 * together in its folds, are not asked about where one of them was learned; images are drawn as they come. `pixels`: so
 * are those whose pixels show the same in another light, too, and one is not drawn without the others.
 */
export const copyKinds = ['network', 'pixels']

/** Loads the network once; features of a set are read when it is first asked about, and kept in the folder, as is what
 * heads came to on held-out images. */
export async function openPanel(home, kind) {
  const context = nodeContext(`${home}/features`)
  const remember = openMemory(`${home}/held.jsonl`)
  const loading = nodeOf('load-backbone')
  const params = loading.params.parse({ source: `${realData}/mobilenet_v1_0.75_224` })
  const { model } = await loading.run({ params, inputs: {}, context })
  const features = new Map()
  async function featuresOf(set) {
    if (!features.has(set)) {
      const samples = samplesOf(set)
      const read = await readNetworkFeatures(model, samples, classesOf(set), context)
      const pairs = kind === 'pixels' ? await pairsByPixels(samples) : pairsByNetwork(samples, read)
      features.set(set, { samples, kind, copies: copiesOf(samples, pairs), ...read })
    }
    return features.get(set)
  }
  return {
    measure: async (set, size, seed) =>
      measureCell(await featuresOf(set), set, { size, seed, model, context, remember }),
  }
}

const classesOf = (set) => readdirSync(`${realData}/panel/${set}`).toSorted()
const samplesOf = (set) =>
  classesOf(set).flatMap((name, label) =>
    readdirSync(`${realData}/panel/${set}/${name}`)
      .toSorted()
      .map((file) => ({
        id: `${name}/${file}`,
        path: `${realData}/panel/${set}/${name}/${file}`,
        fingerprint: `${set}/${name}/${file}`,
        label,
      })),
  )

/** By row, its copies. */
function copiesOf(samples, pairs) {
  const copies = samples.map(() => [])
  for (const [one, other] of pairs) {
    copies[one].push(other)
    copies[other].push(one)
  }
  return copies
}

/** One tile in another light, say; and tiles that are lit alike. */
async function pairsByPixels(samples) {
  const looks = []
  for (const sample of samples) looks.push(await lookOf(sample))
  return findNearCopies(looks, () => true).map(({ one, other }) => [one, other])
}

/** As the advisor has them. */
function pairsByNetwork(samples, read) {
  const last = read.stages.length - 1
  const [late, middle] = [last, Math.floor(last / 2)].map((stage) => alikenessOf(read, read.stages[stage]))
  return nearlySame(late, middle, samples)
}

async function measureCell(features, set, { size, seed, model, context, remember }) {
  const parts = partsOf(features, set, seed)
  const taken = (part, count) => {
    const most = Math.max(1, Math.min(count, part.length - Math.min(fewestAsked, part.length >> 1)))
    return features.kind === 'pixels' ? wholeGroups(part, features, most) : most
  }
  const rowsFor = (count) => parts.flatMap((part) => part.slice(0, taken(part, count)))
  // What heads came to is kept by what was drawn and asked.
  const drawn = features.copies.some(({ length }) => length > 0)
    ? { network: ', none that was learned', pixels: ', copies together, none learned' }[features.kind]
    : ''
  // Images of which a copy was learned from tell nothing; those of another class are not drawn together.
  const others = (count) => {
    const learned = new Set(rowsFor(count))
    return parts.flatMap((part) =>
      part.slice(taken(part, count)).filter((row) => !features.copies[row].some((copy) => learned.has(copy))),
    )
  }
  const twice = 2 * size + fewestAsked <= 100
  const before = process.cpuUsage()
  const advice = await adviseOn(features, rowsFor(size), set, { model, context })
  const { user, system } = process.cpuUsage(before)
  const processorSeconds = (user + system) / 1e6
  const measured = advice.candidates.filter(({ status }) => status === 'measured')
  // What is stated is held against all images that were not learned from: the fewer they are, the less they tell.
  const held = ({ cut, features: read, recipe }, learned, asked, name) =>
    remember(
      [set, size, seed, cut, read, learned, `${name}${drawn}`, ...(recipe === 'probe' ? [] : [recipe])].join(' '),
      () => heldOut(features, columnsOf(features, cut, read), rowsFor(learned), asked, recipe),
    )
  const candidates = []
  for (const candidate of measured)
    candidates.push({
      id: candidate.id,
      stated: candidate.accuracy,
      ...(await held(candidate, size, others(size), 'all others')),
    })
  const chosen = advice.recommendation.candidate
  const way = measured.find(({ id }) => id === chosen)
  // The gain of twice as many is that on images which neither learned from.
  const common = others(2 * size)
  const gain =
    twice && way
      ? (await held(way, 2 * size, common, 'common')).held - (await held(way, size, common, 'common')).held
      : null
  return {
    candidates,
    chosen,
    usual: rowsFor(size).length < 15 ? idOf(measured, 'last', 'probe') : idOf(measured, 'all', 'leastSquares'),
    textbook: advice.textbook?.candidate ?? null,
    quadrant: advice.textbook && `${advice.textbook.size} ${advice.textbook.likeness}`,
    plain: idOf(measured, 'last', 'probe'),
    solver: idOf(measured, 'all', 'probe'),
    leastSquares: idOf(measured, 'all', 'leastSquares'),
    promise: gain === null || !advice.curve?.promise ? null : { stated: advice.curve.promise.gain, held: gain },
    // What the choice was made by, and the upper ends.
    comparedWith: advice.recommendation.comparedWith.map(({ candidate, difference }) => ({ candidate, difference })),
    points: advice.curve?.points.map(({ pictures, accuracy, measured: known }) => ({ pictures, known, ...accuracy })),
    similarity: advice.position?.similarity,
    seconds: advice.method.seconds,
    processorSeconds,
  }
}

/** The candidate that keeps the whole network and reads these features by this recipe. */
const idOf = (measured, read, wanted) =>
  measured.find(({ cut, features, recipe }) => cut === null && features === read && recipe === wanted)?.id

/** Rows of every class in the order in which they are drawn; by pixels, copies one after the other. */
function partsOf({ samples, copies, kind }, set, seed) {
  return classesOf(set).map((name, label) => {
    const rows = samples.flatMap((sample, row) => (sample.label === label ? [row] : []))
    const drawn = new Set()
    const draw = (row) => {
      if (drawn.has(row) || samples[row].label !== label) return
      drawn.add(row)
      if (kind === 'pixels') copies[row].forEach(draw)
    }
    shuffle(rows, createRandom(deriveSeed(seed, `${set} ${name}`))).forEach(draw)
    return [...drawn]
  })
}

/** About so many rows, such that no copy of the last is left behind: what is asked about must not have been learned. */
function wholeGroups(part, { samples, copies }, count) {
  const behind = (end) => part.slice(0, end).some((row) => copies[row].some((copy) => part.indexOf(copy) >= end))
  const ends = [...part.keys()].map((end) => end + 1).filter((end) => end < part.length && !behind(end))
  const nearest = ends.toSorted((a, b) => Math.abs(a - count) - Math.abs(b - count))[0]
  if (nearest === undefined)
    sayOnce(`${samples[part[0]].fingerprint}: all of its class are copies of each other, so that copies are parted.`)
  return nearest ?? count
}

const said = new Set()
function sayOnce(text) {
  if (!said.has(text)) console.error(text)
  said.add(text)
}

async function adviseOn({ samples }, rows, set, { model, context }) {
  const node = nodeOf('scenario-advisor')
  const described = { kind: 'dataset', split: 'train', name: set, transforms: [], skipped: [], provenance: [] }
  const images = await withSamples(
    { ...described, classNames: classesOf(set) },
    rows.map((row) => samples[row]),
    context.store,
  )
  const inputs = { images, models: [model] }
  return (await node.run({ params: node.params.parse({}), inputs, context })).advice
}

/** Columns of the features that a candidate's head reads, by stage. */
function columnsOf({ stages }, cut, read) {
  const end = cut === null ? stages.length - 1 : stages.findIndex(({ stage }) => stage === cut)
  return stages.slice(read === 'all' ? 0 : end, end + 1)
}

/** Powers of the stages' weights that Train's solver chooses from. */
const powers = [Infinity, 2, 1, 0.5, 0]

/**
 * Accuracy of the head that Train would give by the solver or by least squares, on images that it never saw, classes as
 * frequent as among those learned from; and the deviation that counting so few of them has.
 */
async function heldOut(features, stages, rows, asked, recipe) {
  const { samples } = features
  const labels = rows.map((row) => samples[row].label)
  const classes = new Set(labels).size
  const [from, to] = [stages[0].from, stages.at(-1).to]
  const pick = (wanted) => {
    const part = new Float32Array(wanted.length * (to - from))
    wanted.forEach((row, i) => {
      part.set(features.values.subarray(row * features.columns + from, row * features.columns + to), i * (to - from))
    })
    return part
  }
  const own = stages.map((_, i) => 0.6 ** (stages.length - 1 - i))
  const problem = {
    features: pick(rows),
    rows: rows.length,
    columns: to - from,
    classes,
    groups: stages.map((stage) => ({ from: stage.from - from, to: stage.to - from })),
    softness: usualSoftness,
    gains: stages.length === 1 ? [[1]] : powers.map((power) => own.map((gain) => (gain === 1 ? 1 : gain ** power))),
    penalties: null,
    folds: stratifiedFolds(
      rows.map((row, i) => ({ group: String(row), classes: [labels[i]] })),
      5,
      createRandom(1),
    ),
    curvature: curvatureOf(task, classes),
    lossOf: rowLosses(task, labels, classes, { labelSmoothing: 0 }),
    scoreOf: rowLosses(task, labels, classes, { labelSmoothing: 0 }),
    hits: () => 0,
  }
  const head =
    recipe === 'leastSquares'
      ? await solveAveraged({ ...problem, several: false, classesOf: (row) => [labels[row]], views: 1 })
      : await solveHead(problem)
  const values = pick(asked)
  const right = asked.map(
    (row, i) => answer(head, values.subarray(i * (to - from), (i + 1) * (to - from))) === samples[row].label,
  )
  const perClass = Array.from({ length: classes }, (_, label) => {
    const hits = asked.flatMap((row, i) => (samples[row].label === label ? [right[i] ? 1 : 0] : []))
    const share = hits.reduce((sum, hit) => sum + hit, 0) / hits.length
    return { share, weight: labels.filter((other) => other === label).length / rows.length, count: hits.length }
  })
  return {
    held: perClass.reduce((sum, { share, weight }) => sum + share * weight, 0),
    // Half an image is added, so that all right of few does not pass for certainty.
    error: Math.sqrt(
      perClass.reduce(
        (sum, { share, weight, count }) => sum + (weight ** 2 * (share * (1 - share) + 0.5 / count)) / count,
        0,
      ),
    ),
  }
}

function answer({ weight, bias }, row) {
  let best = 0
  let most = -Infinity
  for (let c = 0; c < bias.length; c++) {
    let sum = bias[c]
    for (let k = 0; k < row.length; k++) sum += weight[c * row.length + k] * row[k]
    if (sum > most) [best, most] = [c, sum]
  }
  return best
}

/** Keeps what was worked out by its key, one JSON line each. */
function openMemory(file) {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []
  const known = new Map(lines.map((line) => JSON.parse(line)).map(({ key, value }) => [key, value]))
  return async (key, compute) => {
    if (!known.has(key)) {
      const value = await compute()
      known.set(key, value)
      appendFileSync(file, `${JSON.stringify({ key, value })}\n`)
    }
    return known.get(key)
  }
}
