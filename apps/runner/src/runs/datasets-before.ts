import { datasetValueSchema } from '@graft/graph-schema'
import type { DatasetValue, GraphDocument, RunState } from '@graft/graph-schema'

/**
 * The data sets that the model of a node was trained and checked on: of the nearest node before it (itself included) that
 * takes training images, by the splits of what arrives at it.
 */
export function datasetsBefore(
  { edges }: Pick<GraphDocument, 'edges'>,
  { nodes }: Pick<RunState, 'nodes'>,
  start: string,
): Partial<Record<DatasetValue['split'], DatasetValue>> {
  const seen = new Set([start])
  for (const node of seen) {
    const into = edges.filter((edge) => edge.to.node === node)
    const datasets = into.flatMap(({ from }) => {
      const outputs = Object.hasOwn(nodes, from.node) ? nodes[from.node]?.outputs : undefined
      const { success, data } = datasetValueSchema.safeParse(outputs?.[from.port])
      return success ? [data] : []
    })
    if (datasets.some(({ split }) => split === 'train'))
      return Object.fromEntries(datasets.map((dataset) => [dataset.split, dataset]))
    // A set goes on to what is added to it meanwhile: breadth first.
    for (const { from } of into) seen.add(from.node)
  }
  return {}
}
