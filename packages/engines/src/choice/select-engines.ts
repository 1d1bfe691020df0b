import type { Engine, EngineInfo } from '../engine.js'
import { EngineError, engineName } from '../engine.js'

/** `auto`, or what an engine is called (`engineChoices`). */
export type EngineChoice = string
/** `auto`, or a device (`deviceChoices`). */
export type DeviceChoice = string

/** What was asked for. */
export interface EngineWish {
  readonly engine: EngineChoice
  readonly device: DeviceChoice
}

export interface SelectedEngines {
  /** Runs forward passes: evaluation, prediction, frozen prefixes. */
  readonly forward: Engine
  readonly training: Engine
  /**
   * Who takes over from the two where they fail, the preferred one first: for networks that they turn out not to
   * manage. Those that stand in (`Engine.standsIn`).
   */
  readonly fallback: readonly Engine[]
  /** Where the selection differs from what was asked for, and why. */
  readonly notes: readonly string[]
  /** Of these, what someone will want to change. */
  readonly warnings: readonly string[]
}

/** An engine and what it said about itself. */
export interface ProbedEngine {
  readonly engine: Engine
  readonly info: EngineInfo
}

/**
 * Picks who runs forward passes and who trains, without measuring. `auto`: the first engine of the list that can and
 * stands in for others; otherwise the engine and device asked for, except that training goes to the first engine that trains
 * where the chosen one can't. An engine on a device that is not there is replaced with a note. Throws EngineError when
 * no engine can do the work.
 */
export async function selectEngines(
  choice: EngineChoice | EngineWish,
  available: readonly Engine[],
): Promise<SelectedEngines> {
  const wish = typeof choice === 'string' ? { engine: choice, device: 'auto' as const } : choice
  const wanted = usual(
    available.filter((engine) => matches(engine, wish)),
    wish,
  )
  const [preferred] = wanted
  // The usual case: those that stand in are asked when they have to, because that loads them.
  if (preferred && trains({ engine: preferred, info: await preferred.probe() }))
    return withoutAsking(preferred, available)
  const probed = await probeAll(available.filter((engine) => engine.standsIn || wanted.includes(engine)))
  return selectAmong(
    wish,
    probed,
    probed.filter(({ engine }) => wanted.includes(engine)),
  )
}

/** Without a device, those that stand in; of an engine that never does, all devices. */
function usual(matching: readonly Engine[], { engine, device }: EngineWish): readonly Engine[] {
  const standIns = matching.filter(({ standsIn }) => standsIn)
  return device === 'auto' && (engine === 'auto' || standIns.length > 0) ? standIns : matching
}

const withoutAsking = (engine: Engine, available: readonly Engine[]): SelectedEngines => ({
  forward: engine,
  training: engine,
  fallback: available.filter((other) => other.standsIn && other !== engine),
  notes: [],
  warnings: [],
})

export const matches = ({ id, device, byNameOnly = false }: Engine, wish: EngineWish): boolean =>
  (wish.engine === id || (wish.engine === 'auto' && !byNameOnly)) && (wish.device === 'auto' || wish.device === device)

export function probeAll(list: readonly Engine[]): Promise<readonly ProbedEngine[]> {
  return Promise.all(list.map(async (engine) => ({ engine, info: await engine.probe() })))
}

/** The first of the preferred engines that can run, and the first that can train; or one that stands in for them. */
export function selectAmong(
  wish: EngineWish,
  probed: readonly ProbedEngine[],
  preferred: readonly ProbedEngine[],
): SelectedEngines {
  const dependable = probed.filter(({ engine }) => engine.standsIn)
  // A device that is not there is no reason not to run; an engine that is not there is.
  const standIns =
    wish.device === 'auto' ? [] : dependable.filter(({ engine }) => wish.engine === 'auto' || wish.engine === engine.id)
  const forward = [...preferred, ...standIns].find(({ info }) => info.available)
  if (!forward)
    throw new EngineError(
      `No engine can run here. Asked for "${wishName(wish)}": ${problems(preferred)}.`,
      'Choose another engine, or repair it; "graft doctor" shows the details.',
    )
  const training = [...preferred, ...standIns, ...dependable].find(trains)
  if (!training)
    throw new EngineError(
      `No engine can train here: ${problems(probed)}.`,
      'Repair one of them; "graft doctor" shows the details.',
    )
  const missing = !preferred.includes(forward)
  const moved = !missing && !preferred.includes(training)
  return {
    forward: forward.engine,
    training: training.engine,
    fallback: fallbackFor(forward.engine, training.engine, dependable),
    notes: moved
      ? [`the engine ${wishName(wish)} does not train here; training runs on ${engineName(training.engine)}`]
      : [],
    warnings: missing
      ? [`Everything runs on ${engineName(forward.engine)} instead of ${wishName(wish)}. ${problems(preferred)}`]
      : [],
  }
}

export const trains = ({ info }: ProbedEngine): boolean => info.available && info.trains

/** Engines that stand in and can train, without one that does everything already. */
export function fallbackFor(forward: Engine, training: Engine, probed: readonly ProbedEngine[]): readonly Engine[] {
  return probed
    .filter(
      (candidate) =>
        trains(candidate) && candidate.engine.standsIn && !(candidate.engine === training && training === forward),
    )
    .map(({ engine }) => engine)
}

const wishName = ({ engine, device }: EngineWish): string =>
  device === 'auto' ? engine : engine === 'auto' ? device : `${engine} on ${device}`

function problems(probed: readonly ProbedEngine[]): string {
  return (
    probed
      .map(
        ({ engine, info }) =>
          `${engineName(engine)}: ${info.problem ?? (info.trains ? 'available' : 'does not train')}`,
      )
      .join('; ') || 'there is none of that name'
  )
}
