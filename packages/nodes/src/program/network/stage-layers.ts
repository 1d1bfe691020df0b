import { must } from '@graft/errors'
import { findOperator, inferShapes, type Layer, type Network, singleTensorCuts } from '@graft/network'
import { elementCount } from '@graft/network/operators'

/**
 * The layers of each stage as a program has them. What a stage begins with and learns nothing, such as the pooling before
 * a classifier, belongs to the stage before where it leaves fewer values, or one for several: those are what is kept of
 * stages that stay as they are, as the other engines keep them.
 */
export function layersOfStages(network: Network): readonly (readonly Layer[])[] {
  const byName = new Map(network.layers.map((layer) => [layer.name, layer]))
  const stages = network.stages.map(({ layers }) => layers.map((name) => must(byName.get(name), `the layer ${name}`)))
  const sizes = sizesAtCuts(network)
  const moved = stages.map((layers, index) => (index === 0 ? 0 : leading(layers, stages[index - 1]?.at(-1), sizes)))
  return stages.map((layers, index) => [
    ...layers.slice(moved[index]),
    ...(stages[index + 1]?.slice(0, moved[index + 1]) ?? []),
  ])
}

/** How many layers from the first on learn nothing and end with fewer values than they are given. */
function leading(layers: readonly Layer[], before: Layer | undefined, sizes: ReadonlyMap<string, number>): number {
  if (before === undefined) return 0
  const given = sizes.get(before.name) ?? Number.POSITIVE_INFINITY
  const learns = layers.findIndex(
    ({ parameters, operator }) => Object.keys(parameters).length > 0 || findOperator(operator).stochastic === true,
  )
  const last = layers
    .slice(0, learns < 0 ? layers.length - 1 : learns)
    .findLastIndex(({ name }) => (sizes.get(name) ?? Number.POSITIVE_INFINITY) < given)
  return last + 1
}

/** Values for each image of the layers where nothing else goes past. */
function sizesAtCuts(network: Network): ReadonlyMap<string, number> {
  const shapes = inferShapes(network)
  return new Map(singleTensorCuts(network).map((name) => [name, elementCount((shapes.get(name) ?? []).slice(1))]))
}
