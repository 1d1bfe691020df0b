import type { Network } from '@graft/network'
import { EngineError } from '../engine.js'

/** Throws EngineError, with what could be asked for instead, when an output is not a layer of the network. */
export function checkOutputs(network: Network, outputs: readonly string[]): void {
  const unknown = outputs.find((name) => !network.layers.some((layer) => layer.name === name))
  if (unknown === undefined) return
  throw new EngineError(
    `The network "${network.name}" has no layer "${unknown}", so its value can't be computed. Its last layers are ${network.layers
      .slice(-4)
      .map((layer) => layer.name)
      .join(', ')}.`,
    `Ask for one of the network's layers.`,
  )
}
