import { textOf } from '@graft/errors'
import type { Network } from '@graft/network'
import type { Engine, EngineSpeed } from '../engine.js'
import { engineName, unavailable } from '../engine.js'
import { cautiousSeconds, estimatedBatch, estimateTime } from './estimate-time.js'
import type { EstimatedTime, Workload } from './estimate-time.js'
import type { Enough } from '../measuring/measure-engine.js'
import { problemKey, speedKey } from './measurements.js'
import type { Measurement, Measurements } from './measurements.js'
import { fallbackFor, matches, probeAll, selectAmong, selectEngines, trains } from './select-engines.js'
import type { EngineWish, ProbedEngine, SelectedEngines } from './select-engines.js'

export interface ChooseOptions {
  /** Measurements of earlier processes; new ones are added. */
  readonly measurements: Measurements
  /**
   * Measures an engine (see `measureInChild`), not further than is `enough`; null: go by the measurements there are,
   * and by the order of the list where there are none.
   */
  readonly measure: ((engine: Engine, enough: Enough | undefined) => Promise<EngineSpeed>) | null
  /** Told before something takes seconds. */
  readonly onProgress?: ((message: string) => void) | undefined
  /**
   * What the engines are wanted for. A job so short that measuring couldn't pay takes the first that works; null or
   * absent: it may be long.
   */
  readonly workload?: Workload | null | undefined
  /** Every engine there is, the preferred one first. */
  readonly available: readonly Engine[]
  /** Processor cores this process may use. */
  readonly cores: number
}

export interface ChosenEngines extends SelectedEngines {
  /** Why these, where there was a choice. */
  readonly reason: string | null
}

/** So much faster must another engine be than the preferred one: measuring the same twice gives different times. */
export const clearlyFaster = 1.2
/** So much slower forward, in whatever is measured, that no network and no training step will turn it round. */
export const hopelesslySlower = 3
/**
 * Jobs that take longer than this, in seconds by cautious figures, are worth the few seconds of a first measurement.
 */
const worthMeasuring = 20
/** A device that could not be used is tried again after a day; `graft doctor` tries at once. */
const problemMilliseconds = 24 * 60 * 60 * 1000

/**
 * Picks the engines that are expected to be fastest for a network, each for forward passes and for training, from what
 * was measured of them on this machine. The first of the list stays unless another is clearly faster. Measures only
 * where there is a choice, no measurement yet, and work enough to make up for it. Throws EngineError when no engine can
 * do the work.
 */
export async function chooseEngines(
  wish: EngineWish,
  network: Network,
  options: ChooseOptions,
): Promise<ChosenEngines> {
  const { available } = options
  const matching = available.filter((engine) => matches(engine, wish))
  const wanted = matching.filter(({ comesFirst }) => comesFirst !== true)
  const tooShort = isShort(network, options) && (await nothingMeasured(wanted, options))
  // Starting what comes first takes seconds too; who names it has decided.
  const leader = tooShort && wish.engine === 'auto' ? null : await chooseLeader(wish, matching, options)
  if (leader !== null) return leader
  if (wanted.length < 2) return { ...(await selectEngines(wish, available)), reason: null }
  if (tooShort) return takeFirst(wish, available)
  const probed = await probeKnown(
    available.filter((engine) => engine.standsIn || wanted.includes(engine)),
    options,
  )
  const candidates = probed.filter(({ engine, info }) => info.available && wanted.includes(engine))
  if (candidates.length < 2)
    return {
      ...selectAmong(
        wish,
        probed,
        probed.filter(({ engine }) => wanted.includes(engine)),
      ),
      reason: null,
    }
  const timed = await timeAll(candidates, network, options)
  const forward = fastest(timed, 'forward')
  const training = fastest(timed.filter(trains), 'training')
  // The list's order decides where nothing that was measured trains.
  const selected = selectAmong(
    wish,
    probed,
    [...new Set([forward, training, ...candidates])].filter((entry) => entry !== undefined),
  )
  const chosen = { forward: forward?.engine ?? selected.forward, training: training?.engine ?? selected.training }
  return {
    ...selected,
    ...chosen,
    fallback: fallbackFor(chosen.forward, chosen.training, probed),
    reason: reasonFor(timed, chosen),
  }
}

/** An engine that is taken without measuring, where one is wanted and here. */
async function chooseLeader(
  wish: EngineWish,
  matching: readonly Engine[],
  options: ChooseOptions,
): Promise<ChosenEngines | null> {
  const leaders = matching.filter(({ comesFirst }) => comesFirst === true)
  if (leaders.length === 0 || !isOpen(wish, options.available)) return null
  const probed = await probeKnown(
    options.available.filter((engine) => engine.standsIn || leaders.includes(engine)),
    options,
  )
  const found = probed.find(({ engine, info }) => leaders.includes(engine) && info.available)
  if (found === undefined) return null
  const reason = `${engineName(found.engine)}: ${found.info.hardware} is expected to be faster than anything else here, without measuring`
  return { ...selectAmong(wish, probed, [found]), reason }
}

const isShort = (network: Network, { workload, cores }: ChooseOptions): boolean =>
  workload !== null && workload !== undefined && cautiousSeconds(network, workload, cores) < worthMeasuring

/**
 * Jobs that are too short for measuring, where nothing was measured before, don't even ask the other engines and
 * devices.
 */
async function takeFirst(wish: EngineWish, available: readonly Engine[]): Promise<ChosenEngines> {
  const selected = await selectEngines(wish, available)
  return {
    ...selected,
    reason: `${engineName(selected.training)}: the first that works; measuring the others would take longer than it could save in so short a job ("graft doctor" measures them)`,
  }
}

async function nothingMeasured(wanted: readonly Engine[], { measurements }: ChooseOptions): Promise<boolean> {
  const [preferred] = wanted
  return preferred !== undefined && (await measurements.read(speedKey(await preferred.probe()))) === null
}

/** Whether a wish leaves anything to choose by measuring. */
export const isOpen = (wish: EngineWish, available: readonly Engine[]): boolean =>
  available.filter((engine) => matches(engine, wish)).length > 1

/** Probes; one that was found wanting not long ago is taken at that, unless it should always be here. */
async function probeKnown(list: readonly Engine[], { measurements }: ChooseOptions): Promise<readonly ProbedEngine[]> {
  return Promise.all(
    list.map(async (engine) => {
      const known = engine.standsIn ? null : await readFresh(measurements, problemKey(engine))
      if (known && 'problem' in known) return { engine, info: unavailable(engine, known.problem) }
      const [found] = await probeAll([engine])
      if (found?.info.problem !== undefined && !engine.standsIn)
        await measurements.write(problemKey(engine), { time: new Date().toISOString(), problem: found.info.problem })
      return found as ProbedEngine
    }),
  )
}

interface TimedEngine extends ProbedEngine {
  readonly time: EstimatedTime
}

/**
 * Estimates for every candidate, in order; without those of which nothing is known. After a first measurement an engine
 * that would win is measured once more, and so is the preferred one: other programs may have been at work.
 */
async function timeAll(
  candidates: readonly ProbedEngine[],
  network: Network,
  options: ChooseOptions,
): Promise<readonly TimedEngine[]> {
  const known = await Promise.all(candidates.map(({ info }) => readFresh(options.measurements, speedKey(info))))
  const speeds = known.map((entry) => (entry && 'speed' in entry ? entry.speed : null))
  if (options.measure === null || known.every((entry) => entry !== null)) return withTimes(candidates, speeds, network)
  options.onProgress?.(
    `Measuring how fast ${candidates.map(({ engine }) => engineName(engine)).join(', ')} are on this machine; once, a few seconds…`,
  )
  for (const [index, candidate] of candidates.entries())
    if (known[index] === null) speeds[index] = await measured(candidate, options, speeds[0] ?? null)
  const timed = withTimes(candidates, speeds, network)
  const contested = new Set([timed[0], fastest(timed, 'forward'), fastest(timed.filter(trains), 'training')])
  for (const [index, candidate] of candidates.entries()) {
    if (contested.size > 1 && [...contested].some((entry) => entry?.engine === candidate.engine))
      speeds[index] = better(speeds[index] ?? null, await measured(candidate, options))
    const speed = speeds[index]
    if (speed) await options.measurements.write(speedKey(candidate.info), { time: new Date().toISOString(), speed })
  }
  return withTimes(candidates, speeds, network)
}

/** A measurement; null where there is none, or where it is an old failure. */
async function readFresh(measurements: Measurements, key: string): Promise<Measurement | null> {
  const known = await measurements.read(key)
  return known && 'problem' in known && Date.now() - Date.parse(known.time) >= problemMilliseconds ? null : known
}

/**
 * An engine that can't be measured can't be chosen, but the others can. One that is hopeless beside the preferred one
 * is not measured to the end.
 */
async function measured(
  { engine, info }: ProbedEngine,
  { measure, measurements, onProgress }: ChooseOptions,
  preferred: EngineSpeed | null = null,
): Promise<EngineSpeed | null> {
  try {
    return (
      (await measure?.(engine, preferred === null ? undefined : (figures) => isHopeless(figures, preferred))) ?? null
    )
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') throw error
    const problem = textOf(error)
    onProgress?.(`${engineName(engine)} could not be measured and is left out: ${problem}`)
    await measurements.write(speedKey(info), { time: new Date().toISOString(), problem })
    return null
  }
}

/** Whether an engine is far behind another one in all that forward passes consist of. */
function isHopeless(figures: Partial<EngineSpeed>, preferred: EngineSpeed): boolean {
  const behind = (name: 'convolution' | 'depthwise' | 'matrixProduct'): boolean =>
    (figures[name] ?? Number.POSITIVE_INFINITY) * hopelesslySlower < preferred[name]
  return (
    behind('convolution') &&
    behind('depthwise') &&
    behind('matrixProduct') &&
    (figures.callMilliseconds ?? 0) > (preferred.callMilliseconds ?? Number.POSITIVE_INFINITY)
  )
}

/** The better of two measurements, figure by figure: what disturbs only ever makes slower. */
function better(first: EngineSpeed | null, second: EngineSpeed | null): EngineSpeed | null {
  if (first === null || second === null) return first ?? second
  const names = new Set([...Object.keys(first), ...Object.keys(second)]) as Set<keyof EngineSpeed>
  const merged = [...names].map((name) => {
    const values = [first[name], second[name]].filter((value) => value !== undefined)
    return [name, name.endsWith('Milliseconds') ? Math.min(...values) : Math.max(...values)]
  })
  return Object.fromEntries(merged) as unknown as EngineSpeed
}

function withTimes(
  candidates: readonly ProbedEngine[],
  speeds: readonly (EngineSpeed | null | undefined)[],
  network: Network,
): readonly TimedEngine[] {
  return candidates.flatMap((candidate, index) => {
    const speed = speeds[index]
    return speed ? [{ ...candidate, time: estimateTime(network, speed) }] : []
  })
}

function fastest(timed: readonly TimedEngine[], kind: keyof EstimatedTime): TimedEngine | undefined {
  const [first, ...others] = timed
  return (
    first &&
    others.reduce(
      (best, entry) =>
        entry.time[kind] < best.time[kind] && entry.time[kind] * clearlyFaster < first.time[kind] ? entry : best,
      first,
    )
  )
}

function reasonFor(
  timed: readonly TimedEngine[],
  { forward, training }: Pick<SelectedEngines, 'forward' | 'training'>,
): string {
  if (timed.length < 2) return `nothing was measured, so the first engine that works was taken`
  const list = (kind: keyof EstimatedTime): string =>
    timed.map(({ engine, time }) => `${engineName(engine)} ${formatTime(time[kind])}`).join(', ')
  const who =
    forward === training
      ? engineName(training)
      : `${engineName(training)} for training, ${engineName(forward)} for everything else`
  return `${who}: expected for ${estimatedBatch} images from what was measured on this machine, a training step: ${list('training')}; a forward pass: ${list('forward')}`
}

function formatTime(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return 'too slow'
  return milliseconds >= 1000
    ? `${(milliseconds / 1000).toFixed(1)} s`
    : `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`
}
