import type { FitCheckpoint } from '@graft/engines'
import type { ProgramPhase } from '../plan/program-plan.js'

/** The phase with what learns in the epoch that was stepped last. */
export function phaseAt(
  phase: ProgramPhase,
  { epoch, position }: Pick<FitCheckpoint, 'epoch' | 'position'>,
): ProgramPhase {
  const stepped = position > 0 ? epoch : Math.max(0, epoch - 1)
  let begins = 0
  const part = phase.parts.find(({ epochs }) => stepped < (begins += epochs))
  return part === undefined ? phase : { ...phase, frozen: part.frozen, batchStatistics: part.batchStatistics }
}
