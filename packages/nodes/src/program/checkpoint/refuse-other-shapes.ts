import type { Network, TensorData, Tensors } from '@graft/network'
import { NodeError } from '../../sdk/node-error.js'
import type { Learned } from './program-tensors.js'

/**
 * Looks at every tensor that a checkpoint has of a parameter: those that are stepped, what the optimizer keeps, those of the
 * best epoch, averages, and those of epochs that may be joined. Throws NodeError where one has another shape: a network
 * with another head has the same names.
 */
export function refuseOtherShapes(network: Network, { trainer, bestWeights, kept = {} }: Learned): void {
  const sets = [trainer.weights, trainer.slots, bestWeights ?? new Map(), ...Object.values(kept)]
  for (const set of sets) refuse(network, set)
}

function refuse({ name: network, parameters }: Network, tensors: Tensors): void {
  for (const [key, values] of tensors) {
    const name = parameters[key] === undefined ? inside(key) : key
    const shape = parameters[name]?.shape
    if (shape === undefined || (textOf(values) === textOf({ shape, data: values.data }) && isWhole(values))) continue
    throw new NodeError(
      'model',
      `The checkpoint is of another network: it has "${name}" as ${textOf(values)}, and ${network} has it as ${shape.join(' x ')} in this graph.`,
      'Give a checkpoint of a training with this head and these classes, or leave it out.',
    )
  }
}

/** Slots and epochs have their name before that of the parameter. */
const inside = (key: string): string => key.slice(key.indexOf('/') + 1)

const isWhole = ({ shape, data }: TensorData): boolean =>
  data.length === shape.reduce((product, size) => product * size, 1)

/** A layout in between may have given it the shape that was wanted. */
const textOf = (values: TensorData): string =>
  isWhole(values) ? values.shape.join(' x ') : `${values.data.length} values`
