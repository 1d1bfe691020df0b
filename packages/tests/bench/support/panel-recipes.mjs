// Recipes of `npm run bench panel`: what each answers for the test images, having seen the training images.
import { featuresOf, fit, predictLogits } from '@graft/engines'
import { addHead, cutAfter, freeze, inferShapes, loadTensors } from '@graft/network'

/** The first is what the others are compared with. */
export const recipes = [
  { name: 'probe', answers: (cell) => trained(cell, { settings: { method: 'solver' } }).then(answersOf) },
  // What the template `photos` was set to before.
  {
    name: 'descent',
    answers: (cell) => trained(cell, { settings: { epochs: 25, learningRate: 0.005 } }).then(answersOf),
  },
  {
    name: 'all stages',
    answers: (cell) => trained(cell, { head: { features: 'all' }, settings: { method: 'solver' } }).then(answersOf),
  },
  { name: 'cut early', answers: cutEarly },
  { name: 'class means', answers: (cell) => trained(cell, { settings: { method: 'classMeans' } }).then(answersOf) },
  {
    name: 'class means of all stages',
    answers: (cell) => trained(cell, { head: { features: 'all' }, settings: { method: 'classMeans' } }).then(answersOf),
  },
  { name: 'nearest neighbours', answers: neighbours },
]

/** A frozen network with a new head, trained, and its logits for the test images. */
async function trained(cell, { network: trunk = cell.stripped, head = {}, settings }) {
  const { network, tensors } = await headed(cell, trunk, head)
  const engines = { forward: cell.engine, training: cell.engine }
  const { cacheDirectory, train, test, seed } = cell
  const result = await fit({ network, tensors, engines, train, settings: { seed, ...settings }, cacheDirectory })
  const cache = { directory: cacheDirectory }
  return { ...(await predictLogits(cell.engine, network, result.tensors, test, { cache })), solver: result.solver }
}

async function headed({ classNames, seed, tensors }, trunk, head) {
  const plan = { classNames, pooling: 'average', hidden: [], dropout: 0, seed, ...head }
  const network = freeze(addHead(trunk, plan), { frozen: true })
  const own = Object.fromEntries(Object.entries(network.parameters).filter(([name]) => name.startsWith('head')))
  const fresh = await loadTensors({ ...network, parameters: own }, () => Promise.reject(new Error('no blobs')))
  const all = [...tensors, ...fresh].filter(([name]) => network.parameters[name] !== undefined)
  return { network, tensors: new Map(all) }
}

function answersOf({ logits, classes }) {
  return Array.from({ length: logits.length / classes }, (_, row) => {
    const outputs = logits.subarray(row * classes, (row + 1) * classes)
    return outputs.indexOf(Math.max(...outputs))
  })
}

/** The last stage or an earlier one, whichever has the least cross-validated loss. */
async function cutEarly(cell) {
  let best = null
  for (const { name } of cell.stripped.stages.slice(1)) {
    const found = await trained(cell, { network: cutAfter(cell.stripped, name), settings: { method: 'solver' } })
    const loss = found.solver.validated.loss
    if (best === null || loss < best.loss) best = { loss, answers: answersOf(found) }
  }
  return best.answers
}

const counts = [1, 3, 5, 9]

/**
 * The class that most of the nearest training images have, by the cosine of standardised features of the last stage; how
 * many are asked is chosen by leaving one out.
 */
async function neighbours(cell) {
  const { network, tensors } = await headed(cell, cell.stripped, {})
  const [known, asked] = [
    await vectors(cell, network, tensors, cell.train),
    await vectors(cell, network, tensors, cell.test),
  ]
  const { width } = known
  const means = Array.from({ length: width }, (_, k) => meanOf(known.rows.map((row) => row[k])))
  const spreads = means.map((mean, k) => Math.sqrt(meanOf(known.rows.map((row) => (row[k] - mean) ** 2))))
  const soft = meanOf(spreads)
  const unit = (row) => {
    const moved = Array.from(row, (value, k) => (value - means[k]) / Math.hypot(spreads[k], soft))
    const length = Math.hypot(...moved) || 1
    return Float64Array.from(moved, (value) => value / length)
  }
  const [from, to] = [known.rows.map(unit), asked.rows.map(unit)]
  const right = counts.map(
    (count) => from.filter((row, i) => vote(row, from, cell.train.labels, count, i) === cell.train.labels[i]).length,
  )
  const count = counts[right.indexOf(Math.max(...right))]
  return to.map((row) => vote(row, from, cell.train.labels, count, -1))
}

function vote(row, from, labels, count, without) {
  const near = from
    .map((other, i) => ({
      label: labels[i],
      cosine: i === without ? -2 : row.reduce((sum, v, k) => sum + v * other[k], 0),
    }))
    .toSorted((a, b) => b.cosine - a.cosine)
    .slice(0, count)
  const shares = new Map()
  for (const { label, cosine } of near) shares.set(label, (shares.get(label) ?? 0) + 1 + 1e-3 * cosine)
  return [...shares].toSorted((a, b) => b[1] - a[1])[0][0]
}

async function vectors({ engine, cacheDirectory }, network, tensors, source) {
  const layer = 'head.flatten'
  const width = inferShapes(network).get(layer)[1]
  const features = await featuresOf(network, tensors, source, [layer], { engines: { forward: engine }, cacheDirectory })
  const { data } = await features.layers[layer].read(Array.from({ length: source.count }, (_, index) => index))
  await features.dispose()
  return {
    width,
    rows: Array.from({ length: source.count }, (_, row) => data.subarray(row * width, (row + 1) * width)),
  }
}

const meanOf = (values) => values.reduce((sum, value) => sum + value, 0) / values.length
