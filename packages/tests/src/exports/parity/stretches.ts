import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { must } from '@graft/errors'
import { type GraphDocument, type RunEvent, serializeDocument } from '@graft/graph-schema'
import { failureOf, type GraftRun, type Workplace } from '../../acceptance/run-graft.js'
import { runBeside } from '../program/python.js'
import { largest } from './answers.js'
import { comparedSteps, differences, type Losses, lossesIn, stepsOf } from './step-losses.js'

/** Steps of a stretch. */
const stretch = 5

export interface Stretches {
  /** Their number, the steps of all of them, and the largest relative difference of a loss. */
  readonly count: number
  readonly steps: number
  readonly loss: number
}

/** A state of the program in the middle of a training: its phase (of all that it has), steps so far, and the file. */
interface State {
  readonly phase: number
  readonly step: number
  readonly path: string
}

/**
 * What is left to compare where rounding grows too fast for 30 steps: the program is stopped every few steps, and the onnx
 * engine goes on from each of these states for the steps that follow. Every one of the 30 so begins the same on both sides
 * a few steps before, weights and optimizer alike.
 * @param document what both sides train; the program stands in `folder`, and its training with states is new
 * @param own losses of the onnx engine's own training, which began as the program's
 */
export async function compareStretches(
  workplace: Workplace,
  folder: string,
  document: GraphDocument,
  own: Losses,
): Promise<{ readonly stretches: Stretches; readonly end: GraftRun }> {
  const words = ['--device', 'cpu', '--checkpoint-steps', String(stretch), '--out', 'by-states']
  runBeside(folder, keepStates, ...words)
  const losses = lossesIn(join(folder, 'by-states'))
  const states = statesIn(join(folder, 'states'))
  const graph = join(workplace.directory, 'stretches.graft.json')
  writeFileSync(graph, serializeDocument(document))
  const from = ({ path }: State): readonly string[] => [
    '--engine',
    'onnx',
    '--device',
    'cpu',
    '--from-checkpoint',
    path,
  ]
  const apart = beginnings(losses, own)
  for (const state of states.filter(({ step }) => step < comparedSteps)) {
    const wanted = following(losses, states, state)
    if (wanted.length === 0) continue
    const isOver = (event: RunEvent): boolean =>
      event.type === 'metric' && event.name === 'stepLoss' && event.step >= state.step + wanted.length
    const events = await workplace.runUntil(isOver, graph, ...from(state))
    const given = stepsOf(events, document).flatMap(({ step, loss }) => (step > state.step ? [loss] : []))
    apart.push(differences(wanted, given))
  }
  const last = must(states.at(-1), 'a state')
  const end = await workplace.run(graph, ...from(last))
  if (end.code !== 0) throw new Error(`The run from the last state failed: ${failureOf(end)}`)
  return { stretches: { count: apart.length, steps: apart.flat().length, loss: largest(apart.flat()) }, end }
}

/** The first stretch of each phase, from where the phases before have ended. */
const beginnings = (losses: Losses, own: Losses): (readonly number[])[] =>
  losses.map((phase, at) => differences(phase.slice(0, stretch), must(own[at], 'a phase')))

const keepStates = fileURLToPath(new URL('../../../src/exports/parity/keep_states.py', import.meta.url))

function statesIn(folder: string): readonly State[] {
  const states = readdirSync(folder).map((file) => {
    const [phase = 0, step = 0] = file.replace('.safetensors', '').split('-').map(Number)
    return { phase, step, path: join(folder, file) }
  })
  return states.toSorted((a, b) => a.phase - b.phase || a.step - b.step)
}

/** Losses of the steps that the program took from a state on, of its stretch. */
function following(losses: Losses, states: readonly State[], { phase, step }: State): readonly number[] {
  // Phases that are computed at once have no steps, and no states.
  const phases = [...new Set(states.map((state) => state.phase))]
  return must(losses[phases.indexOf(phase)], 'a phase').slice(step, Math.min(step + stretch, comparedSteps))
}
