import {
  chooseEngines,
  engines as everyEngine,
  isOpen,
  measureInChild,
  openMeasurements,
  rememberProbe,
  selectEngines,
} from '@graft/engines'
import type { ChooseOptions, EngineWish } from '@graft/engines'
import type { RunOptions } from '../executor/run-options.js'
import type { Home } from '../home.js'

export type EngineOptions = Pick<RunOptions, 'engines' | 'notes' | 'warnings' | 'chooseEngines'>

export interface EngineSurroundings {
  readonly home: Pick<Home, 'measurements'>
  /** As for `chooseEngines`; default: in a process of its own, or not at all where GRAFT_MEASURE says so. */
  readonly measure?: ChooseOptions['measure']
  readonly signal?: AbortSignal
}

/**
 * The engines of a run: those asked for; where that leaves a choice, the first that work, until the run's network
 * decides. Throws EngineError when no engine can do the work.
 */
export async function engineOptions(
  wish: EngineWish,
  { home, signal, measure = measureUnlessTold(signal) }: EngineSurroundings,
): Promise<EngineOptions> {
  const measurements = openMeasurements(home.measurements)
  const available = everyEngine.map((engine) => rememberProbe(engine, measurements))
  const { notes, warnings, ...engines } = await selectEngines(wish, available)
  if (!isOpen(wish) || !mayChoose()) return { engines, notes, warnings }
  return {
    engines,
    chooseEngines: (network, onProgress, workload) =>
      chooseEngines(wish, network, { measurements, measure, onProgress, available, workload }),
  }
}

const measureUnlessTold =
  (signal: AbortSignal | undefined): NonNullable<ChooseOptions['measure']> =>
  (engine, enough) =>
    measureInChild(engine, { signal, enough })

/** `GRAFT_MEASURE=off`: the first engine that works, always. */
const mayChoose = (): boolean => process.env['GRAFT_MEASURE'] !== 'off'
