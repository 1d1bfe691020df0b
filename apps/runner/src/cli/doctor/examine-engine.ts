import { textOf } from '@graft/errors'
import { measureInChild, problemKey, speedKey } from '@graft/engines'
import type { Engine, EngineInfo, EngineSpeed, Measurements } from '@graft/engines'

/** What an engine is, and whether it should be here. */
export interface ExaminedEngine extends EngineInfo {
  readonly standsIn: boolean
}

/** Repetitions take this long per figure: more than before a run, because someone asked for the figures. */
const figureMilliseconds = 200

/** Measures an engine; for tests. */
export type Measure = (engine: Engine) => Promise<EngineSpeed>

/**
 * What an engine is and how fast, measured now; what fails is noted in `problem`. `--engine auto` goes by what was
 * found from then on, also where an engine that it took for missing has turned up.
 */
export async function examineEngine(
  engine: Engine,
  measurements: Measurements,
  measure: Measure = measureNow,
): Promise<ExaminedEngine> {
  const info = { ...(await engine.probe()), standsIn: engine.standsIn }
  const time = new Date().toISOString()
  if (!info.available) {
    await measurements.write(problemKey(engine), { time, problem: info.problem ?? 'It is not available.' })
    return info
  }
  await measurements.remove(problemKey(engine))
  try {
    const speed = await measure(engine)
    await measurements.write(speedKey(info), { time, speed })
    return { ...info, speed }
  } catch (error) {
    const problem = textOf(error)
    await measurements.write(speedKey(info), { time, problem })
    return { ...info, problem: `It can't be measured: ${problem}` }
  }
}

const measureNow: Measure = (engine) =>
  engine.measure?.(figureMilliseconds) ?? measureInChild(engine, { milliseconds: figureMilliseconds })
