import type { OnnxGraph, OnnxModelNode, OnnxValueInfo } from '../onnx-model.js'
import { isFloat } from '../values/graph-value.js'

/** What classifiers of other programs put behind their scores: the best class, labels, a map from label to score. */
const answers = new Set([
  'ArgMax',
  'ZipMap',
  'TopK',
  'ArrayFeatureExtractor',
  'LabelEncoder',
  'Normalizer',
  'Cast',
  'Identity',
  'Squeeze',
])

/**
 * Keeps the outputs that may be the class scores, and the nodes that they need: what only names the best class, and values
 * that other outputs are computed from (features), fall away, whether or not they could be represented.
 */
export function prunedGraph(graph: OnnxGraph): OnnxGraph {
  const producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)))
  const outputs = scores(graph, producers)
  const needed = ancestors(
    outputs.map(({ name }) => name),
    producers,
  )
  if (needed.size === 0) return graph
  // By the names that they give: a value that is computed twice shall be noticed.
  const names = new Set([...needed].flatMap((node) => node.outputs))
  const nodes = graph.nodes.filter((node) => node.outputs.some((name) => names.has(name)))
  return { ...graph, outputs, nodes }
}

type Producers = ReadonlyMap<string, OnnxModelNode>

function scores(graph: OnnxGraph, producers: Producers): readonly OnnxValueInfo[] {
  const direct = graph.outputs.filter((output) => isNumbers(output) && !isAnswer(output.name, producers))
  const candidates = direct.length > 0 ? direct : behindAnswers(graph, producers)
  if (candidates.length === 0) return graph.outputs
  const named = candidates.find(({ name }) => name === 'logits')
  if (named !== undefined) return [named]
  const vectors = candidates.filter(({ shape }) => shape === null || shape.length === 2 || isPixel(shape))
  return downstream(vectors.length > 0 ? vectors : candidates, producers)
}

const weighted = new Set(['Conv', 'Gemm', 'MatMul'])

/**
 * Of two candidates, one computed from the other: the later one where weights lie between them (logits behind features), else
 * the earlier (logits before probabilities).
 */
function downstream(candidates: readonly OnnxValueInfo[], producers: Producers): readonly OnnxValueInfo[] {
  const known = candidates.map(({ name }) => {
    const nodes = ancestors([name], producers)
    return { name, nodes, weights: [...nodes].filter((node) => weighted.has(node.operator)).length }
  })
  const best = candidates.filter(({ name }, index) =>
    known.every((other) => {
      const own = known[index]
      if (own === undefined || other.name === name) return true
      if (reads(other.nodes, name)) return own.weights >= other.weights
      return !reads(own.nodes, other.name) || own.weights > other.weights
    }),
  )
  return best.length > 0 ? best : candidates
}

const isPixel = (shape: readonly (number | string)[]): boolean => shape.length === 4 && shape[2] === 1 && shape[3] === 1

const isNumbers = ({ type, shape }: OnnxValueInfo): boolean =>
  (type === null && shape === null) || (type !== null && isFloat(type))

/** Whole numbers and texts have no gradient; where a file doesn't say what an output is, its last node does. */
const isAnswer = (name: string, producers: Producers): boolean =>
  ['ArgMax', 'ZipMap', 'TopK', 'ArrayFeatureExtractor', 'LabelEncoder'].includes(producers.get(name)?.operator ?? '')

/** Where a file has nothing but answers, what they were made from. */
function behindAnswers(graph: OnnxGraph, producers: Producers): readonly OnnxValueInfo[] {
  const found = graph.outputs.flatMap(({ name }) => {
    let current = name
    for (
      let node = producers.get(current);
      node !== undefined && answers.has(node.operator);
      node = producers.get(current)
    ) {
      current = node.inputs.find((input) => producers.has(input)) ?? ''
    }
    return current === name || current === '' ? [] : [current]
  })
  return [...new Set(found)].map((name) => ({ name, type: 'float32', shape: null }))
}

const reads = (nodes: ReadonlySet<OnnxModelNode>, name: string): boolean =>
  [...nodes].some((node) => node.inputs.includes(name))

function ancestors(names: readonly string[], producers: Producers): ReadonlySet<OnnxModelNode> {
  const needed = new Set<OnnxModelNode>()
  const waiting = [...names]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const node = producers.get(name)
    if (node === undefined || needed.has(node)) continue
    needed.add(node)
    waiting.push(...node.inputs)
  }
  return needed
}

/** Labels of the classes, where a file puts them behind its scores; null when it doesn't. */
export function classLabels({ nodes, texts = {} }: OnnxGraph): readonly string[] | null {
  for (const { operator, attributes, inputs } of nodes) {
    const labels = attributes['classlabels_strings'] ?? attributes['values_strings']
    if (labels?.kind === 'strings' && ['ZipMap', 'LabelEncoder'].includes(operator)) return labels.value
    const list = operator === 'ArrayFeatureExtractor' || operator === 'Gather' ? texts[inputs[0] ?? ''] : undefined
    if (list !== undefined) return list
  }
  return null
}
