import type { Engine } from '@graft/engines'

/**
 * Names the engines of a run with backend and versions: what makes two runs comparable, and part of the cache key of
 * nodes that compute.
 */
export async function engineIdentity(engines: {
  readonly forward: Engine
  readonly training: Engine
}): Promise<string> {
  const forward = await describe(engines.forward)
  return engines.training === engines.forward ? forward : `${forward} + ${await describe(engines.training)}`
}

async function describe(engine: Engine): Promise<string> {
  const info = await engine.probe()
  const versions = Object.entries(info.versions)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, version]) => `${name} ${version}`)
  return `${info.id} (${[info.backend, ...versions].filter(Boolean).join(', ')})`
}
