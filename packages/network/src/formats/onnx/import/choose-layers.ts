import type { Layer } from '../../../network.js'
import { findOperator } from '../../../operators/index.js'
import { FormatError } from '../../../weight-format.js'
import type { OnnxModel } from '../onnx-model.js'
import { shown } from '../values/fold-support.js'
import { batchMarker, type LayerValue } from '../values/graph-value.js'
import type { ImportedGraph } from './import-graph.js'

/** The layers that a network keeps of an imported graph. */
export interface ChosenLayers {
  readonly layers: readonly Layer[]
  readonly output: string
  readonly outputShape: readonly number[]
}

/**
 * Picks the classifier's logits among the graph's outputs, takes a trailing Softmax off and drops what they don't need.
 * Throws FormatError when no output is computed from the image.
 */
export function chooseLayers(
  model: OnnxModel,
  { builder, values, input, outputs: candidates }: ImportedGraph,
): ChosenLayers {
  const byName = new Map(builder.layers.map((layer) => [layer.name, layer]))
  const outputs = candidates.flatMap(({ name }) => {
    const value = values.get(name)
    return value?.kind === 'layer' && value.name !== input.name ? [{ name, value }] : []
  })
  const chosen =
    outputs.find(({ name }) => name === 'logits') ?? outputs.find(({ value }) => value.shape.length === 2) ?? outputs[0]
  if (chosen === undefined)
    throw new FormatError(
      'The ONNX graph has no output that is computed from the image. Expected the class scores as an output.',
      'Export the model again.',
    )
  if (chosen.value.shape[0] !== batchMarker)
    throw new FormatError(
      `The output "${chosen.name}" of the ONNX graph has the shape [${shown(chosen.value.shape)}] for N images. Expected one row for every image: [N, ...].`,
      'Export the model with a dynamic batch axis.',
    )
  const given = model.graph.outputs
  if (given.length > 1)
    builder.note(
      `kept the output "${chosen.name}" of ${given.length}: ${given
        .slice(0, 8)
        .map(({ name }) => name)
        .join(', ')}`,
    )
  const output = withoutSoftmax(chosen.value, byName, builder)
  const needed = reachable(output.name, byName)
  const layers = builder.layers.filter((layer) => needed.has(layer.name))
  return { layers, output: output.name, outputShape: output.shape }
}

function withoutSoftmax(
  value: LayerValue,
  byName: ReadonlyMap<string, Layer>,
  builder: ImportedGraph['builder'],
): LayerValue {
  const layer = byName.get(value.name)
  const source = layer?.inputs[0]
  const removable =
    layer !== undefined &&
    findOperator(layer.operator).givesProbabilities === true &&
    source !== undefined &&
    byName.has(source)
  if (!removable) return value
  builder.note(`removed the final ${layer.operator}: the network's result is the logits`)
  return { kind: 'layer', name: source, shape: builder.shape(source) }
}

function reachable(output: string, byName: ReadonlyMap<string, Layer>): ReadonlySet<string> {
  const needed = new Set<string>()
  const waiting = [output]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (needed.has(name)) continue
    needed.add(name)
    waiting.push(...(byName.get(name)?.inputs ?? []))
  }
  return needed
}
