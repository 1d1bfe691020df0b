import { textOf } from '@graft/errors'
import type { Network } from '@graft/network'
import type { Engine, Forward, ForwardOptions } from '../../engine.js'
import { EngineError, engineName } from '../../engine.js'
import { firstThatCan } from './first-that-can.js'

export interface OpenedForward {
  readonly engine: Engine
  readonly forward: Forward
}

/**
 * Prepares forward passes with the first engine of the list that can run this network. An engine that refuses is passed
 * over with a warning that says why; when all refuse, the first one's EngineError is thrown. One that doesn't
 * stand in for others (a GPU) proves itself on one image before it is relied on.
 */
export async function openForward(
  engines: readonly Engine[],
  network: Network,
  options: ForwardOptions,
  warn: (message: string) => void,
): Promise<OpenedForward> {
  const { engine, opened } = await firstThatCan(
    engines,
    (candidate) => proven(candidate, network, options),
    (refusal, other) =>
      warn(
        `The network runs on the engine ${engineName(other)}, which may be slower: ${engineName(refusal.engine)} can't run it. ${textOf(refusal.error)}`,
      ),
    new EngineError('There is no engine to run the network with.', '"graft doctor" shows which engines work here.'),
  )
  return { engine, forward: opened }
}

async function proven(engine: Engine, network: Network, options: ForwardOptions): Promise<Forward> {
  const forward = await engine.forward(network, options)
  if (engine.standsIn) return forward
  try {
    const shape = [1, ...network.input.shape]
    await forward.run({ shape, data: new Float32Array(shape.reduce((product, size) => product * size, 1)) })
    return forward
  } catch (error) {
    await forward.dispose().catch(() => undefined)
    throw error
  }
}
