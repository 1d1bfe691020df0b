import {
  chooseEngines,
  engineName,
  isOpen,
  measureInChild,
  openMeasurements,
  rememberProbe,
  selectEngines,
} from '@graft/engines'
import type { ChooseOptions, Engine, EngineWish } from '@graft/engines'
import { torchOptions, type TorchOptions } from '@graft/nodes'
import type { RunOptions } from '../executor/run-options.js'
import { computeWith } from './compute-with.js'
import { everyEngine } from './every-engine.js'
import type { ChooseEngines, RunEngines } from './compute-with.js'
import type { Home } from '../home.js'

/** What to run with, and what to say about it. */
export type RunEngineOptions = Pick<RunOptions, 'computing' | 'notes' | 'warnings'>

export interface PickedEngines {
  readonly engines: RunEngines
  /** Where the wish leaves a choice that depends on the network. */
  readonly choose?: ChooseEngines
  readonly notes: readonly string[]
  readonly warnings: readonly string[]
}

export interface EngineSurroundings {
  readonly home: Pick<Home, 'measurements'>
  /** As for `chooseEngines`; default: in a process of its own, or not at all where GRAFT_MEASURE says so. */
  readonly measure?: ChooseOptions['measure']
  readonly signal?: AbortSignal
  /** Name of the engine that a run which goes on was with. */
  readonly prefers?: string
  /** Processes that train together, for engines that can. */
  readonly together?: Partial<TorchOptions>
}

/** What a run computes with. Throws EngineError when no engine can do the work. */
export async function runEngines(wish: EngineWish, around: EngineSurroundings): Promise<RunEngineOptions> {
  const { engines, choose, notes, warnings } = await pickEngines(wish, around)
  return { computing: computeWith(engines, choose), notes, warnings }
}

/**
 * The engines that were asked for; where that leaves a choice, the first that work, until there is a network to choose
 * by. Throws EngineError when no engine can do the work.
 */
export async function pickEngines(
  asked: EngineWish,
  { home, signal, together, prefers, measure = measureUnlessTold(signal) }: EngineSurroundings,
): Promise<PickedEngines> {
  const measurements = openMeasurements(home.measurements)
  const available = everyEngine(torchOptions(together)).map((engine) => rememberProbe(engine, measurements))
  const wish = await goingOn(asked, available, prefers)
  const { notes, warnings, ...engines } = await selectEngines(wish, available)
  if (!isOpen(wish, available) || !mayChoose()) return { engines, notes, warnings }
  return {
    engines,
    choose: (network, onProgress, workload) =>
      chooseEngines(wish, network, { measurements, measure, onProgress, available, workload }),
    // Said when the choice is made.
    notes: [],
    warnings: [],
  }
}

/** The engine that a run was with, where it is what was asked for and works here; else what was asked for. */
async function goingOn(wish: EngineWish, available: readonly Engine[], prefers?: string): Promise<EngineWish> {
  const before = available.find((engine) => engineName(engine) === prefers)
  const suits =
    before !== undefined &&
    (wish.engine === 'auto' || wish.engine === before.id) &&
    (wish.device === 'auto' || wish.device === before.device)
  return suits && (await before.probe()).available ? { engine: before.id, device: before.device } : wish
}

const measureUnlessTold =
  (signal: AbortSignal | undefined): NonNullable<ChooseOptions['measure']> =>
  (engine, enough) =>
    measureInChild(engine, { signal, enough })

/** `GRAFT_MEASURE=off`: the first engine that works, always. */
const mayChoose = (): boolean => process.env['GRAFT_MEASURE'] !== 'off'
