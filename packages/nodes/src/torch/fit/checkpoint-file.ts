import type { FitCheckpoint, FitState } from '@graft/engines'
import { must } from '@graft/errors'
import { readSafetensors } from '@graft/network'
import { phaseAt } from '../../program/checkpoint/phase-at.js'
import { programFacts } from '../../program/checkpoint/program-facts.js'
import { learnedIn } from '../../program/checkpoint/program-tensors.js'
import { torchNetwork } from '../../program/network/torch-network.js'
import type { ProgramSource } from '../../program/plan/program-plan.js'

/** The checkpoint that drive.py has written, with what Graft knows of the run: as those of every engine. */
export function readDriveCheckpoint(
  source: ProgramSource,
  bytes: Uint8Array,
  state: FitState,
): Omit<FitCheckpoint, 'fingerprint' | 'seconds'> {
  const { tensors, metadata } = readSafetensors(bytes)
  const facts = programFacts.parse(JSON.parse(metadata['checkpoint'] ?? 'null'))
  const phase = phaseAt(must(source.plan.phases[0], 'the phase'), facts.state)
  const learned = learnedIn(source, torchNetwork(source.network), phase, tensors, facts)
  return { ...state, curves: [...state.curves], ...learned }
}
