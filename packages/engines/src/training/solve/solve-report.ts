import type { Candidate, SolvedHead } from '../../solver/index.js'
import type { FitEvent, SolverReport } from '../fit-types.js'
import type { Solvable } from './solvable.js'

/** What is kept of how the solver came to its head. */
export function reportOf({ groups }: Solvable, head: SolvedHead): SolverReport {
  const { penalty, gains, candidates, iterations, gradientNorm, objective, converged } = head
  const chosen = chosenOf(head)
  return {
    penalty,
    stages: groups.length > 1 ? groups.map(({ stage }, index) => ({ stage, weight: gains[index] ?? 1 })) : [],
    validated: chosen && { loss: chosen.loss, hitRate: chosen.hitRate },
    candidates: candidates.map(({ penalty: tried, loss, hitRate }) => ({ penalty: tried, loss, hitRate })),
    iterations,
    gradientNorm,
    objective,
    converged,
  }
}

/** Says in the log what was chosen, and whether it is the optimum. */
export function tell(emit: (event: FitEvent) => void, part: Solvable, head: SolvedHead): void {
  const info = (message: string): void => emit({ type: 'log', level: 'info', message })
  const { penalty, candidates, iterations, gradientNorm, converged } = head
  const chosen = chosenOf(head)
  const how = chosen
    ? `Chose the penalty ${short(penalty)} of ${candidates.length} candidates by cross-validation on the training images (mean loss ${short(chosen.loss)}, ${(100 * chosen.hitRate).toFixed(1)} % right)`
    : `With the penalty ${short(penalty)}`
  info(
    `${how}; ${part.layer.name} is solved after ${iterations} iterations, with a gradient of norm ${gradientNorm.toExponential(1)}.`,
  )
  const weights = part.groups.map(({ stage }, index) => `${stage} ${short(head.gains[index] ?? 1)}`)
  if (weights.length > 1) info(`Stages count: ${weights.join(', ')}.`)
  if (part.dropout.length > 0) info(`The solver leaves ${part.dropout.join(', ')} out: the penalty does its work.`)
  if (converged) return
  const message =
    'The solver stopped before it was sure of the optimum. Raise the penalty a little; features that differ by very different amounts take longest.'
  emit({ type: 'log', level: 'warning', message })
}

function chosenOf({ penalty, gains, candidates }: SolvedHead): Candidate | null {
  return candidates.find((candidate) => candidate.penalty === penalty && candidate.gains === gains) ?? null
}

const short = (value: number): string => String(Number(value.toPrecision(2)))
