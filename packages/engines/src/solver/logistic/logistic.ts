import { addTransposed, dot, timesWeights } from '../matrix/row-matrix.js'
import { createMemory } from './curvature-memory.js'
import { createMetric } from './metric.js'
import type { LogisticProblem } from './logistic-problem.js'
import { searchLine } from './search-line.js'

export interface LogisticOptions {
  /** `[classes, columns]` weights, then `classes` biases, to start from; absent: zeros. */
  readonly start?: Float64Array
  /**
   * Where to stop. `distance`: how far from the optimum the weights may be, relative to their size (at least 1), which
   * is certain. `loss`: about how far above the minimum the objective may be, which is an estimate.
   */
  readonly within: { readonly distance: number } | { readonly loss: number }
  readonly maxIterations: number
  readonly breathe?: (() => Promise<void>) | undefined
  /** Told the objective after every iteration. */
  readonly onIteration?: ((objective: number) => void) | undefined
}

export interface LogisticSolution {
  /** `[classes, columns]` weights, then `classes` biases. */
  readonly parameters: Float64Array
  readonly objective: number
  /** Of the objective by all parameters. */
  readonly gradientNorm: number
  readonly iterations: number
  readonly converged: boolean
}

/**
 * The minimum of `loss(X Wᵀ + b) + penalty / 2 |W|²` by L-BFGS, in double precision and without chance: the same input
 * gives the same bits. The objective is strongly convex in `W`, so a gradient of norm `distance * penalty * |W|` means
 * weights within `distance * |W|` of the optimum. An iteration costs two matrix products: the search
 * along a line works on logits, which change linearly with the step.
 */
export async function fitLogistic(problem: LogisticProblem, options: LogisticOptions): Promise<LogisticSolution> {
  const { matrix, rows, classes, loss, penalty } = problem
  const weightCount = classes * matrix.columns
  const size = weightCount + classes
  const x = options.start ? Float64Array.from(options.start) : new Float64Array(size)
  const logits = new Float64Array(rows.length * classes)
  const along = new Float64Array(logits.length)
  const byLogits = new Float64Array(logits.length)
  const gradient = new Float64Array(size)
  const before = new Float64Array(size)
  const memory = createMemory(size, createMetric(problem.spectrum, classes, problem.curvature, penalty))
  outputs(problem, x, logits)
  let objective = loss(logits, byLogits) + (penalty / 2) * dot(x, 0, x, 0, weightCount)
  gradientOf(problem, byLogits, x, gradient)
  for (let iteration = 0; ; iteration++) {
    const norm = Math.sqrt(dot(gradient, 0, gradient, 0, size))
    const direction = memory.direction(gradient)
    const length = Math.max(1, Math.sqrt(dot(x, 0, x, 0, weightCount)))
    const converged =
      'distance' in options.within
        ? norm <= options.within.distance * penalty * length
        : -dot(direction, 0, gradient, 0, size) / 2 <= options.within.loss
    if (converged || iteration === options.maxIterations)
      return { parameters: x, objective, gradientNorm: norm, iterations: iteration, converged }
    await options.breathe?.()
    outputs(problem, direction, along)
    const found = searchLine({ problem, x, direction, logits, along, byLogits, weightCount, gradient })
    // Rounding leaves nothing to gain along this line.
    if (found === null) return { parameters: x, objective, gradientNorm: norm, iterations: iteration, converged: false }
    before.set(gradient)
    for (let k = 0; k < size; k++) x[k]! += found.step * direction[k]!
    objective = found.objective
    gradientOf(problem, byLogits, x, gradient)
    memory.learn(direction, found.step, before, gradient)
    options.onIteration?.(objective)
  }
}

/** `X Wᵀ + b` of the rows that count; `parameters` are weights, then biases. */
export function outputs(
  { matrix, rows, classes }: Pick<LogisticProblem, 'matrix' | 'rows' | 'classes'>,
  parameters: Float64Array,
  out: Float64Array,
): void {
  timesWeights(matrix, rows, parameters, classes, out)
  const biases = classes * matrix.columns
  for (let i = 0; i < rows.length; i++)
    for (let c = 0; c < classes; c++) out[i * classes + c]! += parameters[biases + c]!
}

function gradientOf(
  { matrix, rows, classes, penalty }: LogisticProblem,
  byLogits: Float64Array,
  x: Float64Array,
  gradient: Float64Array,
): void {
  const biases = classes * matrix.columns
  for (let k = 0; k < biases; k++) gradient[k] = penalty * x[k]!
  gradient.fill(0, biases)
  addTransposed(matrix, rows, byLogits, classes, gradient)
  for (let i = 0; i < rows.length; i++)
    for (let c = 0; c < classes; c++) gradient[biases + c]! += byLogits[i * classes + c]!
}
