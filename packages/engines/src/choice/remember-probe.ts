import type { Engine, EngineInfo } from '../engine.js'
import { installedKey } from './measurements.js'
import type { Measurements } from './measurements.js'

/**
 * An engine that says what it said before, as long as the same is installed on this machine: loading an engine that is
 * not chosen in the end would delay every run. Only good news are kept, so that what was repaired is found at once;
 * engines that don't say what is installed stay as they are.
 */
export function rememberProbe(engine: Engine, measurements: Measurements): Engine {
  const { installed } = engine
  return installed
    ? { ...engine, probe: async () => probe(engine, installedKey(engine, await installed()), measurements) }
    : engine
}

async function probe(engine: Engine, key: string, measurements: Measurements): Promise<EngineInfo> {
  const known = await measurements.read(key)
  if (known && 'info' in known) return known.info
  const info = await engine.probe()
  if (info.available) await measurements.write(key, { time: new Date().toISOString(), info })
  return info
}
