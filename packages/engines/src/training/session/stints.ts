import type { Network } from '@graft/network'
import type { TrainingAid } from '../aids/index.js'
import type { TrainSettings } from '../settings/index.js'

/** Epochs in a row that train the same form of the network: all of a run, unless an aid has other forms come first. */
export interface Stint {
  /** The same for all epochs of a stint, another one for every stint. */
  readonly key: string
  readonly network: Network
  /** Are the images as large as the network that was given wants them? Only then are epochs compared. */
  readonly fullSize: boolean
}

/** What decides the stints of a run. */
export interface Stints {
  /** As it is given to the run. */
  readonly network: Network
  readonly settings: TrainSettings
  readonly aids: readonly TrainingAid[]
}

/** The stint of every epoch (from 0). Throws EngineError where an aid finds no form of the network. */
export function stintsOf(run: Stints): readonly Stint[] {
  const known = new Map<string, Stint>()
  return Array.from({ length: run.settings.epochs }, (_, epoch) => {
    const parts = partsAt(run, epoch)
    const key = parts.map(({ name, part }) => `${name} ${part}`).join(', ')
    const stint = known.get(key) ?? stintFrom(key, parts, run)
    known.set(key, stint)
    return stint
  })
}

type Parts = ReturnType<typeof partsAt>

function partsAt({ network, settings, aids }: Stints, epoch: number) {
  return aids.flatMap(({ name, course }) => {
    const part = course?.part({ epoch, epochs: settings.epochs }, network, settings) ?? null
    return course && part !== null ? [{ name, course, part }] : []
  })
}

function stintFrom(key: string, parts: Parts, { network: given, settings }: Stints): Stint {
  const network = parts.reduce((form, { course, part }) => course.network(form, part, settings), given)
  return { key, network, fullSize: network.input.shape.join() === given.input.shape.join() }
}
