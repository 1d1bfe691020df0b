import { findTask } from '@graft/engines'
import { searchInputs } from '@graft/graph-schema'
import { defineNode } from '../../sdk/define-node.js'
import { NodeError } from '../../sdk/node-error.js'
import { datasetPort, metricsPort, modelPort } from '../../sdk/ports.js'
import { derivedRunsOf } from '../support/derived-runs-of.js'
import { searchParams } from './search/search-params.js'
import { Search } from './search/search-run.js'
import { chooseCandidates } from './search/space.js'

export const search = defineNode({
  type: 'search',
  version: 1,
  // 2: begins with what the advisor recommends. 3: which is least squares, and left only by a standard error.
  // 4: the solver first above 400 images; scores are kept with what their candidate is. 5: only above 1,500.
  // 6: the middle and the whole of images first.
  revision: 6,
  title: 'Search',
  category: 'Training',
  keywords: [
    'hyperparameter',
    'tuning',
    'AutoML',
    'grid search',
    'sweep',
    'halving',
    'budget',
    'best model',
    'optimise',
  ],
  doc: `Tries networks, cuts, image sizes, recipes, rates and augmentation within a budget, and gives the best one, trained on all training images.
Connect one or several networks from Load Backbone, the training images of Split and, where something is trained step by step, the validation images. Candidates are compared by cross-validation on the training images, the better half goes on to more folds (successive halving); what they share is computed once, and after an interruption nothing is repeated. No candidate sees a test image: put Evaluate behind it with the test images for the number to trust. The best of many looks better than it is; by how much is estimated and shown.`,
  inputs: {
    [searchInputs.networks]: modelPort('The networks to choose among.', { title: 'Networks', multiple: true }),
    [searchInputs.train]: datasetPort('Images to learn from and to choose by.', {
      title: 'Training',
      splits: ['train'],
    }),
    [searchInputs.validation]: datasetPort('Images to choose epochs by; no candidate is compared on them.', {
      title: 'Validation',
      splits: ['val'],
      optional: true,
    }),
  },
  outputs: {
    model: modelPort('The winner, trained on all training images.', { classesFrom: { port: searchInputs.train } }),
    metrics: metricsPort('All trials, and what the winner is expected to score.'),
  },
  params: searchParams,
  isOutput: true,
  usesEngine: true,
  sameClasses: [[{ port: searchInputs.train }, { port: searchInputs.validation }]],
  workload: ({ inputs, params }) =>
    inputs.train === undefined
      ? null
      : {
          forward: inputs.train.count * Math.max(1, inputs.models?.length ?? 1),
          training: params.recipes.some((recipe) => recipe === 'everything')
            ? inputs.train.count * params.epochs * params.trials
            : 0,
        },
  async run({ inputs, params, context }) {
    const { models, train } = inputs
    if (models.length === 0)
      throw new NodeError('models', 'There is no network to choose.', 'Connect Load Backbone to “Networks”.')
    if (train.count < 2 * params.folds)
      throw new NodeError(
        'train',
        `There are ${train.count} training images, too few to compare candidates on ${params.folds} folds.`,
        'Add images, or set fewer folds.',
      )
    const candidates = chooseCandidates(models, params, train.count)
    if (candidates.length === 0)
      throw new NodeError(
        'cuts',
        'None of the cuts is possible in these networks.',
        'Let 0 be among the cuts: it keeps all stages.',
      )
    const { several } = findTask(train.task)
    return new Search({ candidates, params, several, task: train.task, context, runs: derivedRunsOf(context) }).run()
  },
})
