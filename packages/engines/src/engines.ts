import type { Engine, EngineInfo } from './engine.js'
import { EngineError } from './engine.js'
import { createOnnxEngine, onnxEngine } from './onnx/onnx-engine.js'
import { tfjsEngine } from './tfjs/tfjs-engine.js'

/** Every engine of this build, the preferred one first. */
export const engines: readonly Engine[] = [onnxEngine, createOnnxEngine('webgpu'), createOnnxEngine('cuda'), tfjsEngine]

export type EngineChoice = 'auto' | 'onnx' | 'tfjs'

export interface SelectedEngines {
  /** Runs forward passes: evaluation, prediction, frozen prefixes. */
  readonly forward: Engine
  readonly training: Engine
  /** Who else can train, the preferred one first: for networks that `training` turns out not to manage. */
  readonly fallback: readonly Engine[]
  /** Where the selection differs from what was asked for, and why. */
  readonly notes: readonly string[]
}

/**
 * Picks who runs forward passes and who trains. `auto`: for each the first engine of the list that can; `tfjs`, `onnx`: that engine,
 * except that training goes to the first engine that trains where the chosen one can't. Throws EngineError when no engine can do the work.
 */
export async function selectEngines(choice: EngineChoice, available: readonly Engine[] = engines): Promise<SelectedEngines> {
  const probed = await Promise.all(available.map(async engine => ({ engine, info: await engine.probe() })))
  const preferred = choice === 'auto' ? probed : probed.filter(({ engine }) => engine.id === choice)
  const forward = preferred.find(({ info }) => info.available)
  if (!forward) throw new EngineError(`No engine can run here. Asked for "${choice}": ${problems(preferred)}. Choose another engine, or repair it; "graft doctor" shows the details.`)
  const trains = ({ info }: { readonly info: EngineInfo }): boolean => info.available && info.trains
  const training = preferred.find(trains) ?? probed.find(trains)
  if (!training) throw new EngineError(`No engine can train here: ${problems(probed)}. Repair one of them; "graft doctor" shows the details.`)
  const moved = choice !== 'auto' && training.engine.id !== choice
  return {
    forward: forward.engine,
    training: training.engine,
    fallback: probed.filter(candidate => trains(candidate) && candidate !== training).map(({ engine }) => engine),
    notes: moved ? [`the engine ${choice} does not train here; training runs on ${training.engine.id}`] : [],
  }
}

function problems(probed: readonly { readonly engine: Engine; readonly info: EngineInfo }[]): string {
  return probed.map(({ engine, info }) => `${engine.id}: ${info.problem ?? (info.trains ? 'available' : 'does not train')}`).join('; ') || 'there is none of that name'
}
