import { must } from '@graft/errors'
import type { Tensors } from '@graft/network'
import type { Engine, TrainerState } from '../../engine.js'
import { shrunkSource } from '../data/shrunk-source.js'
import type { FitPlan } from '../plan/plan-fit.js'
import { type FitSession, openFitSession, planSessions } from './fit-session.js'
import { type Stint, stintsOf } from './stints.js'

export type EnteredSession = FitSession & { readonly stint: Stint }

/** The sessions of a run, one per stint, each going on where the one before it ended. */
export interface Course {
  /** The session of an epoch (from 0): the open one, or the next. */
  enter(epoch: number): Promise<EnteredSession>
  dispose(): Promise<void>
}

/** Opens sessions as epochs need them; where all of the run is one stint, one. The caller disposes of it. */
export function openCourse(plan: FitPlan, candidates: readonly Engine[]): Course {
  const memory = planSessions(plan, candidates)
  const stints = stintsOf({ ...plan, network: plan.options.network })
  let open: EnteredSession | null = null
  let learned: Tensors = plan.options.tensors

  async function dispose(): Promise<void> {
    const closing = open
    open = null
    await closing?.dispose()
  }

  async function leave(): Promise<TrainerState | null> {
    const state = open && (await open.trainer.state())
    if (state) learned = new Map([...learned, ...state.weights])
    await dispose()
    return state
  }

  async function enter(epoch: number): Promise<EnteredSession> {
    const stint = must(stints[epoch], `the stint of epoch ${epoch}`)
    if (open?.stint.key === stint.key) return open
    const before = await leave()
    if (before) plan.emit({ type: 'log', level: 'info', message: `From epoch ${epoch + 1} on: ${describe(stint)}.` })
    const session = await openFitSession(formOf(plan, stint, learned), candidates, memory)
    open = { ...session, stint }
    // Where the same parameters learn, the optimizer goes on too; else it is a fresh one.
    if (before && sameNames((await open.trainer.state()).slots, before.slots)) await open.trainer.restore(before)
    return open
  }

  return { enter, dispose }
}

/** The plan with a stint's form of the network and images of its size. */
function formOf(plan: FitPlan, { network, fullSize }: Stint, tensors: Tensors): FitPlan {
  const { train, validation } = plan.options
  const [, height = 0, width = 0] = network.input.shape
  const sized = <Source extends typeof train | undefined>(source: Source): Source | typeof train =>
    fullSize || source === undefined ? source : shrunkSource(source, [height, width])
  const smaller = sized(validation)
  return {
    ...plan,
    options: {
      ...plan.options,
      network,
      tensors,
      train: sized(train) as typeof train,
      ...(smaller && { validation: smaller }),
    },
  }
}

function describe({ network, fullSize }: Stint): string {
  const [, height, width] = network.input.shape
  const learning = Object.values(network.parameters).filter(({ trainable }) => trainable).length
  return `${learning} tensors learn${fullSize ? '' : `, images of ${width} x ${height} pixels`}`
}

const sameNames = (a: Tensors, b: Tensors): boolean => a.size === b.size && [...a.keys()].every((name) => b.has(name))
