import { solvable, taskOf } from '@graft/engines'
import { type LoadedNetwork, loadTensors, neighboursHead, neighboursParameters } from '@graft/network'
import { NodeError } from '../../sdk/node-error.js'
import { rowsOf } from './head-settings.js'
import type { RecordedTrain } from './record.js'

/**
 * The network that a program begins with: that of its first Train, or the same with room for the training images in
 * the head where they are kept as nearest neighbours. Throws NodeError where other Trains come before or after that one.
 */
export async function beginning(
  { network, tensors }: LoadedNetwork,
  trains: readonly RecordedTrain[],
): Promise<LoadedNetwork> {
  const keeper = trains.find(({ params }) => params.method === 'nearestNeighbours')
  if (keeper === undefined) return { network, tensors }
  if (trains.length > 1) throw otherHead(keeper, trains)
  const part = solvable(network)
  const { task, head } = taskOf(network)
  const wider = neighboursHead(network, {
    layer: part.layer.name,
    features: part.features,
    neighbours: rowsOf(keeper),
    classes: head.names.length,
    several: task.several,
  })
  const kept = [...tensors].filter(([name]) => wider.parameters[name] !== undefined)
  const added = Object.entries(wider.parameters).filter(([name]) => !tensors.has(name))
  const fresh = await loadTensors({ ...wider, parameters: Object.fromEntries(added) }, () =>
    Promise.reject(new Error('What is added has no blobs.')),
  )
  // How much each stage counts is chosen around what the network says.
  const gains = part.standardise && tensors.get(part.standardise.parameters['scale'] ?? '')
  const scale = neighboursParameters(part.layer.name).scale
  return {
    network: wider,
    tensors: new Map([...kept, ...fresh, ...(gains ? [[scale, gains] as const] : [])]),
  }
}

function otherHead({ node }: RecordedTrain, trains: readonly RecordedTrain[]): NodeError {
  const others = trains.filter((train) => train.node !== node).map((train) => `"${train.node}"`)
  return new NodeError(
    'method',
    `The Train "${node}" puts its training images in the head's place, which ${others.join(' and ')} ${others.length === 1 ? 'trains' : 'train'}, and a program has one network.`,
    'Take another method for it, or name an earlier Train as the last one.',
  )
}
