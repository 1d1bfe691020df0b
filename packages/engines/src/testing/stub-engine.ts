import type { Engine, EngineInfo } from '../engine.js'

const refuse = (): Promise<never> => Promise.reject(new Error('This test asks a stub to compute.'))

/** What `stubEngine` says of itself, unless told otherwise. */
export const stubInfo = (id: string, changes: Partial<EngineInfo> = {}): EngineInfo => ({
  id,
  available: true,
  trains: true,
  hardware: 'CPU',
  backend: 'stub',
  versions: {},
  notes: [],
  ...changes,
})

/** An engine that says what it is and computes nothing; one on the processor stands in for others. */
export function stubEngine(id: string, changes: Partial<Engine> = {}, info: Partial<EngineInfo> = {}): Engine {
  const { device = 'cpu' } = changes
  return {
    id,
    device,
    standsIn: device === 'cpu',
    deterministic: true,
    probe: () => Promise.resolve(stubInfo(id, info)),
    forward: refuse,
    trainer: refuse,
    ...changes,
  }
}
