import type { Engine, EngineInfo, EngineSpeed } from '../engine.js'

/**
 * What was found out about an engine on this machine: how fast it is, why it can't be used, or what it says about
 * itself.
 */
export type Measurement = { readonly time: string } & (
  | { readonly speed: EngineSpeed }
  | { readonly problem: string }
  | { readonly info: EngineInfo }
)

/** Measurements of this machine that outlive a process, by key (see `speedKey` and `problemKey`). No method throws. */
export interface Measurements {
  read(key: string): Promise<Measurement | null>
  write(key: string, measurement: Measurement): Promise<void>
  remove(key: string): Promise<void>
}

/** Everything that a speed depends on beside the machine: the engine, its device and its versions. */
export function speedKey({ id, backend, hardware, versions }: EngineInfo): string {
  const named = Object.entries(versions)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, version]) => `${name} ${version}`)
  return [`${id} ${backend}`, hardware, ...named].join('; ')
}

/** What can't be used has no versions to go by. */
export const problemKey = ({ id, device }: Pick<Engine, 'id' | 'device'>): string => `${id} ${device}`

/** What an engine says about itself depends on what is installed (see `Engine.installed`). */
export const installedKey = ({ id, device }: Pick<Engine, 'id' | 'device'>, installed: string): string =>
  `${id} ${device} as installed; ${installed}`
