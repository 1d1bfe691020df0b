import type { PredictOptions } from '@graft/engines'
import type { NodeContext } from '../../sdk/node-context.js'

/** Who runs what the chosen engine can't, with a warning of the node that says why. */
export function standIns({
  engines,
  emit,
}: Pick<NodeContext, 'engines' | 'emit'>): Pick<PredictOptions, 'fallback' | 'onWarning'> {
  return { fallback: engines.fallback, onWarning: (message) => emit({ type: 'log', level: 'warning', message }) }
}
