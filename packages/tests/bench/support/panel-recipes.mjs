// Recipes of `npm run bench panel`: what each answers for the test images, having seen the training images.
import { fit, predictLogits } from '@graft/engines'
import { addHead, cutAfter, freeze, loadTensors } from '@graft/network'

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
  {
    name: 'nearest neighbours',
    answers: (cell) => trained(cell, { settings: { method: 'nearestNeighbours' } }).then(answersOf),
  },
  {
    name: 'nearest neighbours of all stages',
    answers: (cell) =>
      trained(cell, { head: { features: 'all' }, settings: { method: 'nearestNeighbours' } }).then(answersOf),
  },
]

/** A frozen network with a new head, trained, and its logits for the test images. */
async function trained(cell, { network: trunk = cell.stripped, head = {}, settings }) {
  const { network, tensors } = await headed(cell, trunk, head)
  const engines = { forward: cell.engine, training: cell.engine }
  const { cacheDirectory, train, test, seed } = cell
  const result = await fit({ network, tensors, engines, train, settings: { seed, ...settings }, cacheDirectory })
  const cache = { directory: cacheDirectory }
  const answered = result.network ?? network
  return { ...(await predictLogits(cell.engine, answered, result.tensors, test, { cache })), solver: result.solver }
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
