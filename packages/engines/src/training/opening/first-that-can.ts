import type { Engine } from '../../engine.js'
import { EngineError } from '../../engine.js'

/** An engine that was passed over, and why. */
export interface Refusal {
  readonly engine: Engine
  readonly error: EngineError
}

/**
 * Opens something with the first engine of the list that doesn't refuse with an EngineError; `passedOver` is told of
 * those before it. When all refuse, the first one's error is thrown, or `none` when there are no engines.
 */
export async function firstThatCan<Opened>(
  engines: readonly Engine[],
  open: (engine: Engine) => Promise<Opened>,
  passedOver: (refusal: Refusal, engine: Engine) => void,
  none: EngineError,
): Promise<{ readonly engine: Engine; readonly opened: Opened }> {
  const refusals: Refusal[] = []
  for (const engine of new Set(engines)) {
    try {
      const opened = await open(engine)
      for (const refusal of refusals) passedOver(refusal, engine)
      return { engine, opened }
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
      refusals.push({ engine, error })
    }
  }
  throw refusals[0]?.error ?? none
}
