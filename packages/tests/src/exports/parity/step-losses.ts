import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { must } from '@graft/errors'
import type { GraphDocument, RunEvent } from '@graft/graph-schema'
import type { GraftRun } from '../../acceptance/run-graft.js'
import { largest } from './answers.js'

/** Steps whose losses are compared, of every phase. */
export const comparedSteps = 30

/** Losses of steps, by phase. */
export type Losses = readonly (readonly number[])[]

/** A step of a Train, counted from 1, and the loss of its batch. */
interface Step {
  readonly phase: string
  readonly step: number
  readonly loss: number
}

/** The steps of every Train that takes some: iterations of a solver are another thing. */
export const stepsOf = (events: readonly RunEvent[], { nodes }: GraphDocument): readonly Step[] =>
  events.flatMap((event) =>
    event.type === 'metric' &&
    event.name === 'stepLoss' &&
    (nodes[event.node]?.params['method'] ?? 'descent') === 'descent'
      ? [{ phase: event.node, step: event.step, loss: event.value }]
      : [],
  )

/** Of a run, the losses of all steps. */
export const lossesOf = ({ events }: GraftRun, document: GraphDocument): Losses => byPhase(stepsOf(events, document))

/** Of a program, likewise, from the folder that it wrote into. */
export function lossesIn(runs: string): Losses {
  const events = readFileSync(join(runs, 'metrics.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { readonly event: string; readonly phase: string; readonly loss: number })
  return byPhase(events.filter(({ event }) => event === 'step'))
}

function byPhase(steps: readonly { readonly phase: string; readonly loss: number }[]): Losses {
  const phases = [...new Set(steps.map(({ phase }) => phase))]
  return phases.map((phase) => steps.filter((step) => step.phase === phase).map(({ loss }) => loss))
}

/** Compared steps, and the largest relative difference of their losses. */
export function farthest(from: Losses, to: Losses): { readonly steps: number; readonly loss: number } {
  if (from.length !== to.length)
    throw new Error(`${from.length} phases took steps on one side, ${to.length} on the other.`)
  const apart = from.flatMap((losses, phase) => {
    const others = must(to[phase], 'a phase')
    if (losses.length !== others.length)
      throw new Error(`${losses.length} steps on one side, ${others.length} on the other.`)
    return differences(losses.slice(0, comparedSteps), others)
  })
  return { steps: apart.length, loss: largest(apart) }
}

/** How far each loss is from the other one of its step, relatively. */
export const differences = (losses: readonly number[], others: readonly number[]): readonly number[] =>
  losses.map((loss, at) => Math.abs(loss / (others[at] ?? Number.NaN) - 1))
