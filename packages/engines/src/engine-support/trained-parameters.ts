import { findOperator, isStatistic } from '@graft/network'
import type { Network } from '@graft/network'

/** What the trainer may change, by parameter name. */
export interface TrainedParameters {
  /** Stepped by the optimizer. */
  readonly trainable: readonly string[]
  /** Of those, the ones weight decay acts on: role `weight` only, never biases, scales, shifts. */
  readonly decaying: ReadonlySet<string>
  /** Running statistics of batch normalisations that use batch statistics while training. */
  readonly running: ReadonlySet<string>
}

/** Sorts the parameters that layers use into those the optimizer steps, those it decays, and the running statistics. */
export function sortParameters(network: Network): TrainedParameters {
  const trainable = new Set<string>()
  const decaying = new Set<string>()
  const running = new Set<string>()
  for (const layer of network.layers) {
    const { parameters: slots } = findOperator(layer.operator)
    for (const [slot, name] of Object.entries(layer.parameters)) {
      const role = slots[slot]?.role
      if (isStatistic(role)) {
        if (layer.statistics === 'batch') running.add(name)
      } else if (network.parameters[name]?.trainable) {
        trainable.add(name)
        if (role === 'weight') decaying.add(name)
      }
    }
  }
  return { trainable: [...trainable], decaying, running }
}
