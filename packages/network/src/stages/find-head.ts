import type { Layer, Network } from '../network.js'
import type { Shape } from '../operator.js'
import { findOperator } from '../operators/index.js'
import { singleTensorCuts } from '../surgery/single-tensor-cuts.js'

type Unstaged = Pick<Network, 'layers' | 'output' | 'head'>

const customaryClassCounts = [10, 100, 1000, 1001]

/**
 * Position of the first layer of the classifier, or null when the network ends in features. The head starts at the
 * pooling (or the flattening) after which the value is no map any more; in a transformer behind the choice of the class
 * token, or the mean of all tokens. Where no weights follow, the convolution before it is the classifier (SqueezeNet)
 * if it has as many channels as there are classes.
 */
export function findHead(network: Unstaged, shapes: ReadonlyMap<string, Shape>): number | null {
  const { layers } = network
  const result = shapes.get(network.output) ?? []
  if (!isVector(result) || layers.length === 0) return null
  const position = new Map(layers.map((layer, index) => [layer.name, index]))
  const cuts = singleTensorCuts(network).map((name) => position.get(name) ?? 0)
  const several = (): number | null => severalClassifiers(layers, network.output, result[1] ?? 0, shapes)
  const start = headStart(layers, cuts, shapes, several)
  if (layers.slice(start).some(hasWeight)) return start
  const classes = network.head?.names.length
  const width = result[1] ?? 0
  if (classes === undefined ? !customaryClassCounts.includes(width) : classes !== width) return null
  const classifier = layers.findLastIndex(hasWeight)
  const before = cuts.filter((cut) => cut < classifier).at(-1)
  return before === undefined ? (several() ?? 0) : before + 1
}

/**
 * Where branches run side by side to the end, each with a classifier of its own whose scores are averaged (CrossViT): the head
 * begins with the first of them, if nothing else is learned behind it; else null.
 */
function severalClassifiers(
  layers: readonly Layer[],
  output: string,
  classes: number,
  shapes: ReadonlyMap<string, Shape>,
): number | null {
  const byName = new Map(layers.map((layer) => [layer.name, layer]))
  const last = new Set<Layer>()
  const waiting = [output]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const layer = byName.get(name)
    if (layer === undefined) continue
    if (hasWeight(layer)) last.add(layer)
    else waiting.push(...layer.inputs)
  }
  const start = layers.findIndex((layer) => last.has(layer))
  const learned = layers.slice(start).filter(({ parameters }) => Object.keys(parameters).length > 0)
  const areClassifiers = [...last].every(({ name }) => {
    const shape = shapes.get(name) ?? []
    return shape.length === 2 && shape[1] === classes
  })
  return last.size > 1 && areClassifiers && learned.every((layer) => last.has(layer)) ? start : null
}

const hasWeight = (layer: Layer): boolean => layer.parameters.weight !== undefined

const isVector = (shape: Shape): boolean =>
  shape.length === 2 || (shape.length === 4 && shape[2] === 1 && shape[3] === 1)

const isGlobalPooling = (layer: Layer, shapes: ReadonlyMap<string, Shape>): boolean =>
  findOperator(layer.operator).pools === true &&
  isVector(shapes.get(layer.name) ?? []) &&
  shapes.get(layer.inputs[0] ?? '')?.length === 4

/**
 * After the last cut whose value is still a map or a sequence; but never later than a global pooling that everything
 * passes through.
 */
function headStart(
  layers: readonly Layer[],
  cuts: readonly number[],
  shapes: ReadonlyMap<string, Shape>,
  several: () => number | null,
): number {
  const shapeAfter = (cut: number): Shape => shapes.get(layers[cut]?.name ?? '') ?? []
  const pooling = cuts.filter((cut) => isGlobalPooling(layers[cut] as Layer, shapes)).at(-1)
  if (pooling !== undefined) return pooling
  const lastMap = cuts.filter((cut) => !isVector(shapeAfter(cut))).at(-1)
  if (lastMap === undefined) return several() ?? layers.findLastIndex(hasWeight)
  return shapeAfter(lastMap).length === 3 ? behindChoice(layers, cuts, lastMap) : lastMap + 1
}

/**
 * What a transformer makes of its sequence (the class token, a mean, perhaps normalised) is its feature: the head
 * begins with what is learned for the classes.
 */
function behindChoice(layers: readonly Layer[], cuts: readonly number[], sequence: number): number {
  const classifier = layers.findIndex(
    (layer, position) => position > sequence && (hasWeight(layer) || findOperator(layer.operator).stochastic === true),
  )
  return 1 + (cuts.filter((cut) => cut >= sequence && cut < classifier).at(-1) ?? sequence)
}
