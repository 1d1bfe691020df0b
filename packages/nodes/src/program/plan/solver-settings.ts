import { solvable } from '@graft/engines'
import { must } from '@graft/errors'
import type { Layer, Network } from '@graft/network'
import { NodeError } from '../../sdk/node-error.js'
import type { Described } from '../network/torch-network.js'
import type { ProgramPhase } from './program-plan.js'
import type { RecordedTrain } from './record.js'
import { moduleOf } from './shortened.js'

/** What the methods do that have no Python so far. */
const unwritten = {
  leastSquares: 'averages regressions',
  classMeans: 'gives each class its mean',
  nearestNeighbours: 'keeps the features of its training images',
} as const

/** How a Train's head is solved for; null where it is trained in steps. */
export function solverOf({ params, node }: RecordedTrain, network: Network, torch: Described): ProgramPhase['solver'] {
  if (params.method === 'descent') return null
  if (params.method !== 'solver')
    throw new NodeError(
      'method',
      `The Train "${node}" ${unwritten[params.method]}, which a program can't be written for yet.`,
      'Set its method to solver or descent.',
    )
  const { layer, groups, standardise } = solvable(network)
  return {
    layer: pathOf(torch, layer),
    penalty: params.penalty,
    groups: groups.map(({ from, to }): [number, number] => [from, to]),
    standardise: standardise === null ? null : pathOf(torch, standardise),
  }
}

/** A layer's module, from the network on. */
const pathOf = ({ names }: Described, { parameters }: Layer): string => {
  const key = parameters['weight'] ?? parameters['scale'] ?? ''
  return moduleOf(must(names.get(key), `the name of ${key}`))
}
