import type { Network } from '@graft/network'
import type { FitPlan } from '../plan/plan-fit.js'

/** Epochs in a row that train the same form of the network: all of a run, unless an aid has other forms come first. */
export interface Stint {
  /** The same for all epochs of a stint, another one for every stint. */
  readonly key: string
  readonly network: Network
  /** Are the images as large as the network that was given wants them? Only then are epochs compared. */
  readonly fullSize: boolean
}

/** The stint of every epoch (from 0). Throws EngineError where an aid finds no form of the network. */
export function stintsOf(plan: Pick<FitPlan, 'options' | 'settings' | 'aids'>): readonly Stint[] {
  const known = new Map<string, Stint>()
  return Array.from({ length: plan.settings.epochs }, (_, epoch) => {
    const parts = partsAt(plan, epoch)
    const key = parts.map(({ name, part }) => `${name} ${part}`).join(', ')
    const stint = known.get(key) ?? stintFrom(key, plan.options.network, parts, plan)
    known.set(key, stint)
    return stint
  })
}

type Parts = ReturnType<typeof partsAt>

function partsAt({ options, settings, aids }: Pick<FitPlan, 'options' | 'settings' | 'aids'>, epoch: number) {
  return aids.flatMap(({ name, course }) => {
    const part = course?.part({ epoch, epochs: settings.epochs }, options.network, settings) ?? null
    return course && part !== null ? [{ name, course, part }] : []
  })
}

function stintFrom(key: string, given: Network, parts: Parts, { settings }: Pick<FitPlan, 'settings'>): Stint {
  const network = parts.reduce((form, { course, part }) => course.network(form, part, settings), given)
  return { key, network, fullSize: network.input.shape.join() === given.input.shape.join() }
}
