import { refuseTooMany, solvable } from '@graft/engines'
import { must } from '@graft/errors'
import { type Layer, neighboursParameters } from '@graft/network'
import { bindTransforms } from '../../transforms/index.js'
import type { Described } from '../network/torch-network.js'
import { headModules } from './head-modules.js'
import type { ProgramPhase } from './program-plan.js'
import type { RecordedTrain } from './record.js'
import { moduleOf } from './shortened.js'

/** How a Train's head is computed at once; null where it is trained in steps. Throws EngineError where it can't be. */
export function headOf(train: RecordedTrain, torch: Described): ProgramPhase['head'] {
  const { method, penalty } = train.params
  if (method === 'descent') return null
  // As it came to the Train: a head of neighbours is one only in the program.
  const { layer, groups, standardise, columns } = solvable(train.model.network)
  refuseTooMany(method, { rows: rowsOf(train), columns })
  const shared = {
    method: headModules[method],
    groups: groups.map(({ from, to }): [number, number] => [from, to]),
    penalty,
  }
  if (method === 'nearestNeighbours') {
    const { keys, scale, shares } = neighboursParameters(layer.name)
    const [at, before, behind] = [keys, scale, shares].map((key) => moduleOf(must(torch.names.get(key), key)))
    return { ...shared, layer: at ?? '', standardise: before ?? '', shares: behind ?? '' }
  }
  return {
    ...shared,
    layer: pathOf(torch, layer),
    standardise: standardise === null ? null : pathOf(torch, standardise),
    shares: null,
  }
}

/** Rows of features that a head is computed from: each image, or each view of one. */
export function rowsOf({ params: { views }, train }: RecordedTrain): number {
  const differ = train.transforms.some((transform) => bindTransforms([transform]).length > 0)
  return train.count * (differ && views > 0 ? views : 1)
}

/** A layer's module, from the network on. */
const pathOf = ({ names }: Described, { parameters }: Pick<Layer, 'parameters'>): string => {
  const key = parameters['weight'] ?? parameters['scale'] ?? ''
  return moduleOf(must(names.get(key), `the name of ${key}`))
}
