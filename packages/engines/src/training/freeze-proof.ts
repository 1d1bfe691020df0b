import { findOperator, statisticSlots } from '@graft/network'
import type { Network, TensorData, Tensors } from '@graft/network'
import { EngineError } from '../engine.js'
import type { Hashes } from '../host/hashes.js'

/** sha256 over the float32 bytes of one frozen parameter or running statistic, before and after training. */
export interface FreezeProofEntry {
  readonly parameter: string
  readonly statistic: boolean
  readonly before: string
  readonly after: string
  readonly identical: boolean
}

/**
 * Parameters that training must not touch: those that are not trainable, except running statistics that follow the
 * batches. In network order.
 */
export function frozenParameters(network: Network): { readonly parameter: string; readonly statistic: boolean }[] {
  const statistics = new Set<string>()
  const moving = new Set<string>()
  for (const layer of network.layers) {
    for (const slot of statisticSlots(findOperator(layer.operator))) {
      const parameter = layer.parameters[slot]
      if (parameter === undefined) continue
      statistics.add(parameter)
      if (layer.statistics === 'batch') moving.add(parameter)
    }
  }
  return Object.entries(network.parameters)
    .filter(([name, parameter]) => (statistics.has(name) ? !moving.has(name) : !parameter.trainable))
    .map(([parameter]) => ({ parameter, statistic: statistics.has(parameter) }))
}

/**
 * Compares every frozen parameter and frozen batch-norm statistic before and after training, bit for bit. Throws
 * EngineError when a value is absent. What a value was before may have been hashed before training (a write into it in
 * the meantime shows), what it is after is hashed now.
 */
export function freezeProof(network: Network, before: Tensors, after: Tensors, hashes: Hashes): FreezeProofEntry[] {
  return frozenParameters(network).map(({ parameter, statistic }) => {
    const values = {
      before: hashes.settled(valueIn(before, parameter, 'before')),
      after: hashes.tensor(valueIn(after, parameter, 'after')),
    }
    return { parameter, statistic, ...values, identical: values.before === values.after }
  })
}

function valueIn(tensors: Tensors, parameter: string, when: string): TensorData {
  const tensor = tensors.get(parameter)
  if (!tensor)
    throw new EngineError(
      `The values ${when} training lack the parameter "${parameter}", so it can't be shown to be frozen.`,
      'Pass every parameter of the network (see loadTensors).',
    )
  return tensor
}
