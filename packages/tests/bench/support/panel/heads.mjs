// Recipes of `npm run bench panel` that leave the backbone as it is and look for the best head.
import { cutAfter } from '@graft/network'
import { answersOf, headed, mirroredAnswersOf, probeOf, train } from './training.mjs'

/** A new head by these settings, and what it answers. */
const head =
  (settings, options = {}) =>
  async (cell) =>
    answersOf(cell, await train(cell, await headed(cell, options), settings))

const allStages = { head: { features: 'all' } }
const solver = { method: 'solver' }
/** Random changes as Augment makes them by default, colours apart. */
export const flipsAndCrops = [
  { name: 'resizedCrop', options: { minScale: 0.5 }, seed: 1 },
  { name: 'horizontalFlip', options: { probability: 0.5 }, seed: 2 },
]

/** The first is what all others are compared with. */
export const heads = [
  { name: 'probe', answers: async (cell) => answersOf(cell, await probeOf(cell)) },
  { name: 'all stages, least squares', answers: head({ method: 'leastSquares' }, allStages) },
  { name: 'all stages', answers: head(solver, allStages) },
  { name: 'least squares', answers: head({ method: 'leastSquares' }) },
  { name: 'cut early', answers: cutEarly },
  // What the template `photos` was set to before.
  { name: 'descent', answers: head({ epochs: 25, learningRate: 0.005 }) },
  { name: 'class means', answers: head({ method: 'classMeans' }) },
  { name: 'class means of all stages', answers: head({ method: 'classMeans' }, allStages) },
  { name: 'nearest neighbours', answers: head({ method: 'nearestNeighbours' }) },
  { name: 'nearest neighbours of all stages', answers: head({ method: 'nearestNeighbours' }, allStages) },
]

/** What is added to the probe without touching the backbone. */
export const headAids = [
  {
    name: 'probe, four augmented views',
    answers: async (cell) =>
      answersOf(
        cell,
        await train(cell, await headed(cell), { ...solver, views: 4 }, cell.images(cell.trainSamples, flipsAndCrops)),
      ),
  },
  {
    name: 'probe, answers over the mirror image',
    answers: async (cell) => mirroredAnswersOf(cell, await probeOf(cell)),
  },
]

/** The last stage or an earlier one, whichever has the least cross-validated loss. */
async function cutEarly(cell) {
  let best = null
  for (const { name } of cell.stripped.stages.slice(1)) {
    const found = await train(cell, await headed(cell, { trunk: cutAfter(cell.stripped, name) }), solver)
    const loss = found.solver.validated.loss
    if (best === null || loss < best.loss) best = { loss, found }
  }
  return answersOf(cell, best.found)
}
