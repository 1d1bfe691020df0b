import { must } from '@graft/errors'
import type { Tensors } from '@graft/network'
import type { Trainer } from '../../engine.js'
import { type EpochWeights, type JoinedWeights, packEpochs, type TrainingAid, unpackEpochs } from '../aids/index.js'
import type { FitPlan } from '../plan/plan-fit.js'
import type { FitState } from './fit-state.js'

/**
 * Begins to follow the weights, new ones from where they are. What aids keep is all in the run's state, so that
 * checkpoints have it; those of PyTorch have that of the fixed layers as well, which nothing follows here.
 */
export async function beginToFollow({ aids }: FitPlan, trainer: Trainer, state: FitState): Promise<void> {
  for (const { name, follow } of aids) {
    if (!follow) continue
    const kept = state.kept?.[name]
    const weights = [...(await trainer.weights())]
    keep(state, name, new Map(weights.map(([key, value]) => [key, kept?.get(key) ?? value])))
  }
}

/** After a step (from 0). */
export async function followStep(
  { aids, settings }: FitPlan,
  trainer: Trainer,
  state: FitState,
  step: number,
): Promise<void> {
  for (const { name, follow } of aids) {
    if (!follow) continue
    keep(
      state,
      name,
      follow.after(must(state.kept?.[name], `what ${name} keeps`), await trainer.weights(), step, settings),
    )
  }
}

/** The weights that stand for the run now: those that follow, else those that are stepped. */
export async function standing({ aids }: FitPlan, trainer: Trainer, state: FitState): Promise<Tensors> {
  const follower = aids.find(({ follow }) => follow)
  return (follower && state.kept?.[follower.name]) ?? trainer.weights()
}

/** Computes with the weights that stand for the run. */
export async function asStanding<Result>(
  plan: FitPlan,
  trainer: Trainer,
  state: FitState,
  work: () => Promise<Result>,
): Promise<Result> {
  return plan.aids.some(({ follow }) => follow)
    ? withWeights(trainer, await standing(plan, trainer, state), work)
    : work()
}

/** Computes with other weights than those that are stepped, which are the same again afterwards. */
export async function withWeights<Result>(
  trainer: Trainer,
  weights: Tensors,
  work: () => Promise<Result>,
): Promise<Result> {
  const before = await trainer.state()
  await trainer.restore({ ...before, weights: new Map([...before.weights, ...weights]) })
  try {
    return await work()
  } finally {
    await trainer.restore(before)
  }
}

const joiner = ({ aids }: FitPlan): TrainingAid | undefined => aids.find(({ join }) => join)

/** Gathers the weights of the epoch (from 1) that ended, if some may be joined. */
export async function gatherEpoch(plan: FitPlan, trainer: Trainer, state: FitState, epoch: number): Promise<void> {
  const aid = joiner(plan)
  if (!aid?.join) return
  const stepped = steppedOf(plan)
  const complete = (weights: Tensors): Tensors =>
    new Map([...stepped].map(([name, given]) => [name, weights.get(name) ?? given]))
  // Those of PyTorch hold what learned alone.
  const before = epochsOf(plan, state, aid.name).map((one) => ({ ...one, weights: complete(one.weights) }))
  const weights = complete(await standing(plan, trainer, state))
  const all = [...before, { epoch, value: valueAt(plan, state, epoch), weights }]
  keep(state, aid.name, packEpochs(aid.join.keep(all, betterOf(plan), plan.settings)))
}

/** The weights that the gathered epochs are joined to, and what is told of it; null where nothing is joined. */
export async function joinEpochs(
  plan: FitPlan,
  state: FitState,
  value: (weights: Tensors) => Promise<number | null>,
): Promise<JoinedWeights | null> {
  const aid = joiner(plan)
  const epochs = aid ? epochsOf(plan, state, aid.name) : []
  return epochs.length > 0 ? (aid?.join?.finish(epochs, { better: betterOf(plan), value }) ?? null) : null
}

const epochsOf = (plan: FitPlan, state: FitState, name: string): readonly EpochWeights[] =>
  unpackEpochs(state.kept?.[name] ?? new Map(), (epoch) => valueAt(plan, state, epoch))

/** What was monitored after an epoch; it stands in the curves. */
function valueAt({ monitored }: FitPlan, { curves }: FitState, epoch: number): number | null {
  const point = curves.find((each) => each.split === 'val' && each.name === monitored.name && each.epoch === epoch)
  return point?.value ?? null
}

const betterOf =
  ({ monitored }: FitPlan) =>
  (value: number, than: number): boolean =>
    monitored.better === 'higher' ? value > than : value < than

/** All that is stepped at the end of the run, as it was given: what has not learned yet. */
const steppedOf = ({ stepped, options }: FitPlan): Tensors =>
  new Map(
    Object.keys(stepped.parameters).map((name) => [name, must(options.tensors.get(name), `the weights "${name}"`)]),
  )

function keep(state: FitState, name: string, weights: Tensors): void {
  state.kept = { ...state.kept, [name]: weights }
}
