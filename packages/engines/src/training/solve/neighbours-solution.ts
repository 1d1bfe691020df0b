import { leastShare, neighboursHead, neighboursParameters, resolveAttributes, type Tensors } from '@graft/network'
import { cosinesTo, type NeighboursHead, sharesOf, solveNeighbours } from '../../solver/index.js'
import type { Label } from '../../tasks/index.js'
import type { FitPlan } from '../plan/plan-fit.js'
import { problemOf } from './compute-head.js'
import { refuseTooMany } from './limits.js'
import type { ReadFeatures } from './read-features.js'
import type { Solution } from './solution.js'
import type { Solvable } from './solvable.js'

/** A head of the nearest training images in the last layer's place. Throws EngineError where there are too many of them. */
export async function neighboursSolution(
  plan: FitPlan,
  part: Solvable,
  features: ReadFeatures,
  labels: readonly Label[],
): Promise<Solution> {
  const { options, task, classes } = plan
  const { rows } = features
  refuseTooMany('nearestNeighbours', { rows, columns: part.columns })
  const classesOf = (row: number): readonly number[] => task.classesOf(labels[row] as Label)
  const logitOf = task.several ? oddsOf : (share: number): number => Math.log(Math.max(leastShare, share))
  const head = await solveNeighbours({
    ...problemOf(plan, part, features, labels),
    classesOf,
    imageOf: (row) => options.train.key(row % options.train.count, 0),
    logitOf,
  })
  const network = neighboursHead(options.network, {
    layer: part.layer.name,
    features: part.features,
    neighbours: rows,
    classes,
    several: task.several,
  })
  const own = tensorsOf(part, head, {
    rows,
    classes,
    classesOf,
    several: task.several,
    epsilon: epsilonOf(network, part),
  })
  const kept = [...options.tensors].filter(([name]) => network.parameters[name] !== undefined)
  return {
    choice: { ...head, setting: { name: 'sharpness', value: head.sharpness }, optimum: null },
    network,
    tensors: new Map([...kept, ...own]),
    logits: (asked) =>
      Float32Array.from(
        sharesOf(cosinesTo(head, part.groups, asked.values), { rows, classes, classesOf }, head.sharpness),
        logitOf,
      ),
  }
}

function oddsOf(share: number): number {
  const limited = Math.min(1 - leastShare, Math.max(leastShare, share))
  return Math.log(limited / (1 - limited))
}

const epsilonOf = (
  { layers }: { readonly layers: readonly Parameters<typeof resolveAttributes>[0][] },
  { layer }: Solvable,
): number => {
  const standardise = layers.find(({ name }) => name === `${layer.name}.standardise`)
  return standardise ? Number(resolveAttributes(standardise).epsilon) : 0
}

interface Known {
  readonly rows: number
  readonly classes: number
  readonly classesOf: (row: number) => readonly number[]
  readonly several: boolean
  readonly epsilon: number
}

/** Values of the head's parameters, by the names that `neighboursHead` gives them. */
function tensorsOf(
  { layer, columns, groups }: Solvable,
  { keys, means, deviations, gains, sharpness }: NeighboursHead,
  { rows, classes, classesOf, several, epsilon }: Known,
): Tensors {
  const names = neighboursParameters(layer.name)
  const variance = Float32Array.from(deviations, (deviation) => deviation ** 2)
  const scale = new Float32Array(columns)
  groups.forEach(({ from, to }, group) => {
    for (let k = from; k < to; k++) {
      const [deviation = 0, spread = 0] = [deviations[k], variance[k]]
      // A feature that never differs says nothing.
      scale[k] = deviation === 0 ? 0 : ((gains[group] ?? 1) * Math.sqrt(spread + epsilon)) / deviation
    }
  })
  const shares = new Float32Array(classes * rows)
  for (let row = 0; row < rows; row++) for (const c of classesOf(row)) shares[c * rows + row] = 1
  const vector = (data: Float32Array): { shape: readonly number[]; data: Float32Array } => ({
    shape: [data.length],
    data,
  })
  return new Map([
    [names.scale, vector(scale)],
    [names.shift, vector(new Float32Array(columns))],
    [names.mean, vector(Float32Array.from(means))],
    [names.variance, vector(variance)],
    [names.keys, { shape: [rows, columns], data: Float32Array.from(keys, (value) => value * sharpness) }],
    [names.keysBias, vector(new Float32Array(rows))],
    [names.shares, { shape: [classes, rows], data: shares }],
    [names.sharesBias, vector(new Float32Array(classes))],
    ...(several ? ([[names.all, vector(Float32Array.of(1))]] as const) : []),
  ])
}
