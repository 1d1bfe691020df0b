import type { WrittenLayer } from '../keras-writing/index.js'

type Graph = Pick<WrittenLayer, 'name' | 'inputs'>

/**
 * Layers in the order in which Keras 3 lists those of a model that it has built, which numbers their weights: those
 * farthest from the output first, as many as are equally far in the order in which they are met on the way from the
 * output to the input (`map_graph` in keras/src/ops/function.py). Layers that the output doesn't need are left out.
 * @param layers each after the layers that it takes values from
 */
export function inOrderOfKeras<Layer extends Graph>(layers: readonly Layer[], output: string): readonly Layer[] {
  const met = meetingOrder(layers, output)
  const distance = new Map<string, number>()
  const ofOutput = layers.filter(({ name }) => met.has(name))
  for (const { name, inputs } of ofOutput.toReversed())
    for (const input of inputs) distance.set(input, Math.max(distance.get(input) ?? 0, (distance.get(name) ?? 0) + 1))
  const placeOf = ({ name }: Layer): readonly [number, number] => [-(distance.get(name) ?? 0), met.get(name) ?? 0]
  return ofOutput.toSorted((one, other) => {
    const [[far, first], [otherFar, second]] = [placeOf(one), placeOf(other)]
    return far - otherFar || first - second
  })
}

/** Numbers of the layers as they are met, going back from the output, first inputs first. */
function meetingOrder(layers: readonly Graph[], output: string): ReadonlyMap<string, number> {
  const byName = new Map(layers.map((layer) => [layer.name, layer]))
  const met = new Map<string, number>()
  const open = [output]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (met.has(name)) continue
    met.set(name, met.size)
    open.push(...(byName.get(name)?.inputs ?? []).toReversed())
  }
  return met
}
