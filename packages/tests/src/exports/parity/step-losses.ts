import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { must } from '@graft/errors'
import type { GraphDocument } from '@graft/graph-schema'
import { eventsOf, type GraftRun } from '../../acceptance/run-graft.js'
import { largest } from './answers.js'

/** Steps whose losses are compared, of every phase. */
export const comparedSteps = 30

/** Losses of steps, by phase. */
export type Losses = readonly (readonly number[])[]

/** Of a run, the losses of the steps of every Train that takes some: iterations of a solver are another thing. */
export function lossesOf(run: GraftRun, { nodes }: GraphDocument): Losses {
  const steps = eventsOf(run, 'metric').filter(
    ({ name, node }) => name === 'stepLoss' && (nodes[node]?.params['method'] ?? 'descent') === 'descent',
  )
  return byPhase(steps.map(({ node, value }) => ({ phase: node, loss: value })))
}

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
    return losses.slice(0, comparedSteps).map((loss, at) => Math.abs(loss / (others[at] ?? Number.NaN) - 1))
  })
  return { steps: apart.length, loss: largest(apart) }
}
