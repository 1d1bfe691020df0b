import type { Candidate } from '../../solver/index.js'
import type { FitEvent, SolverReport } from '../plan/fit-types.js'
import type { Solvable } from './solvable.js'

/** What was chosen for a head, and by what. */
export interface Choice extends Pick<SolverReport, 'setting' | 'optimum'> {
  readonly gains: readonly number[]
  readonly candidates: readonly Candidate[]
}

/** What is kept of how a head came about. */
export function reportOf({ groups }: Solvable, head: Choice): SolverReport {
  const { setting, gains, candidates, optimum } = head
  const chosen = chosenOf(head)
  return {
    setting,
    stages: groups.length > 1 ? groups.map(({ stage }, index) => ({ stage, weight: gains[index] ?? 1 })) : [],
    validated: chosen && { loss: chosen.loss, hitRate: chosen.hitRate },
    candidates: candidates.map(({ setting: value, loss, hitRate }) => ({ value, loss, hitRate })),
    optimum,
  }
}

/** Says in the log what was chosen, and whether it is the optimum. */
export function tell(emit: (event: FitEvent) => void, part: Solvable, head: Choice, how: string): void {
  const info = (message: string): void => emit({ type: 'log', level: 'info', message })
  const { setting, candidates, optimum } = head
  const chosen = chosenOf(head)
  const what = `the ${setting.name} ${short(setting.value)}`
  const choice = chosen
    ? `Chose ${what} of ${candidates.length} candidates by cross-validation on the training images (mean loss ${short(chosen.loss)}, ${(100 * chosen.hitRate).toFixed(1)}% right)`
    : `With ${what}`
  info(
    optimum
      ? `${choice}; ${part.layer.name} is solved after ${optimum.iterations} iterations, with a gradient of norm ${optimum.gradientNorm.toExponential(1)}.`
      : `${choice}; ${part.layer.name} tells classes by ${how}.`,
  )
  const weights = part.groups.map(({ stage }, index) => `${stage} ${short(head.gains[index] ?? 1)}`)
  if (weights.length > 1) info(`Stages count: ${weights.join(', ')}.`)
  if (part.dropout.length > 0) info(`${part.dropout.join(', ')} is left out: it is for gradient descent.`)
  if (optimum?.converged !== false) return
  const message =
    'The solver stopped before it was sure of the optimum. Raise the penalty a little; features that differ by very different amounts take longest.'
  emit({ type: 'log', level: 'warning', message })
}

function chosenOf({ setting, gains, candidates }: Choice): Candidate | null {
  return candidates.find((candidate) => candidate.setting === setting.value && candidate.gains === gains) ?? null
}

const short = (value: number): string => String(Number(value.toPrecision(2)))
