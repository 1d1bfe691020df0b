import { edgeKey } from '../document.js'
import { topologicalOrder } from '../order.js'
import type { Rule } from './context.js'

/** A graph that comes back to where it was could never start. */
export const cycles: Rule = (context) => {
  const { cycle } = topologicalOrder(context.document)
  const first = cycle?.[0]
  if (cycle === null || first === undefined) return []
  const closing = context.document.edges.find(({ from, to }) => from.node === cycle.at(-2) && to.node === first)
  return [
    {
      code: 'cycle',
      severity: 'error',
      node: first,
      ...(closing !== undefined && { field: closing.to.port, edge: edgeKey(closing) }),
      message: `The graph runs in a circle: ${cycle.map(context.nameOf).join(' -> ')}. Each of these waits for another, so none could start.`,
      fix: `Remove one of these edges${closing === undefined ? '' : `, for instance ${edgeKey(closing)}`}.`,
    },
  ]
}
