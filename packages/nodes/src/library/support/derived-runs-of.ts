import type { DerivedRuns } from '../../sdk/derived-runs.js'
import type { NodeContext } from '../../sdk/node-context.js'
import { NodeError } from '../../sdk/node-error.js'

/** The graphs that a node may have run. Throws NodeError where it runs outside of a run. */
export function derivedRunsOf({ derivedRuns }: Pick<NodeContext, 'derivedRuns'>): DerivedRuns {
  if (derivedRuns !== undefined) return derivedRuns
  throw new NodeError(null, 'This node runs other graphs, which only a run can do.', 'Run the graph.')
}
