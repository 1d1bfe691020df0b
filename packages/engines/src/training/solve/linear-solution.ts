import { type Layer, resolveAttributes, type Tensors } from '@graft/network'
import type { LinearHead } from '../../solver/index.js'
import type { Label } from '../../tasks/index.js'
import type { FitPlan } from '../plan/plan-fit.js'
import { computeHead } from './compute-head.js'
import type { ReadFeatures } from './read-features.js'
import type { Solution } from './solution.js'
import type { Solvable } from './solvable.js'

/** The last layer with the weights that are best under the penalty, or with the class means. */
export async function linearSolution(
  plan: FitPlan,
  part: Solvable,
  features: ReadFeatures,
  labels: readonly Label[],
  onIteration: (iteration: number, objective: number) => void,
): Promise<Solution> {
  const head = await computeHead(plan, part, features, labels, onIteration)
  return {
    choice: head,
    tensors: new Map([...plan.options.tensors, ...tensorsOf(plan, part, head)]),
    logits: (rows) => logitsOf(head, rows, part.columns),
  }
}

/** The layer's parameters with the solved values, and the statistics of what standardises before it. */
function tensorsOf({ options, classes }: FitPlan, part: Solvable, head: LinearHead): Tensors {
  const { weight, bias, featuresFirst, columns, standardise } = part
  const { factors, statistics } = standardiseBy(options.tensors, standardise, head)
  const at = (c: number, k: number): number => (head.weight[c * columns + k] ?? 0) / (factors[k] ?? 1)
  const data = new Float32Array(classes * columns)
  const biases = Float64Array.from(head.bias)
  for (let c = 0; c < classes; c++)
    for (let k = 0; k < columns; k++) {
      data[featuresFirst ? k * classes + c : c * columns + k] = at(c, k)
      if (standardise) biases[c] = (biases[c] ?? 0) + (head.weight[c * columns + k] ?? 0) * (head.means[k] ?? 0)
    }
  return new Map([
    [weight, { shape: featuresFirst ? [columns, classes] : [classes, columns], data }],
    [bias, { shape: [classes], data: Float32Array.from(biases) }],
    ...statistics,
  ])
}

/** What a standardising layer multiplies features with once it has their statistics; 1 each without one. */
function standardiseBy(
  tensors: Tensors,
  layer: Layer | null,
  { means, deviations }: LinearHead,
): { readonly factors: Float64Array; readonly statistics: Tensors } {
  if (!layer) return { factors: new Float64Array(means.length).fill(1), statistics: new Map() }
  const { scale = '', mean = '', variance = '' } = layer.parameters
  const gains = tensors.get(scale)?.data
  const epsilon = Number(resolveAttributes(layer).epsilon)
  const variances = Float32Array.from(deviations, (deviation) => deviation ** 2)
  const shape = [means.length]
  return {
    factors: Float64Array.from(variances, (value, k) => (gains?.[k] ?? 1) / Math.sqrt(value + epsilon)),
    statistics: new Map([
      [mean, { shape, data: Float32Array.from(means) }],
      [variance, { shape, data: variances }],
    ]),
  }
}

/** What the head gives for every row of features. */
function logitsOf({ weight, bias }: LinearHead, { values, rows }: ReadFeatures, columns: number): Float32Array {
  const classes = bias.length
  const logits = new Float32Array(rows * classes)
  for (let row = 0; row < rows; row++)
    for (let c = 0; c < classes; c++) {
      let sum = bias[c] as number
      for (let k = 0; k < columns; k++)
        sum += (weight[c * columns + k] as number) * (values[row * columns + k] as number)
      logits[row * classes + c] = sum
    }
  return logits
}
