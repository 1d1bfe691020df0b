import type { Catalogued } from '@graft/graph-schema'
import { type CatalogueNetwork, firstChoice, listPulled, type PulledModel, speedOf, usableNetworks } from '@graft/nodes'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { findHome } from '../home.js'

/**
 * The catalogue, with what is here already and how fast this machine is, where that was measured; behind it what was
 * fetched by other names.
 */
export async function listNetworks(): Promise<readonly (Catalogued & { readonly first: boolean })[]> {
  const home = findHome()
  const pulled = new Map((await listPulled({ cacheDirectory: home.derived })).map((model) => [model.name, model]))
  const speed = await measuredSpeed(home.measurements)
  const networks = byFamily(usableNetworks())
  const known = networks.map((network) => ({
    ...factsOf(network),
    milliseconds: millisecondsOf(network, speed),
    here: pulled.has(network.name),
    sha256: pulled.get(network.name)?.sha256 ?? network.sha256 ?? null,
    first: network.name === firstChoice,
  }))
  // The name of an address with a query leads nowhere by itself.
  const others = [...pulled.values()].filter(
    ({ name }) => !name.includes('#') && !networks.some((network) => network.name === name),
  )
  return [...known, ...others.map((model) => ({ ...factsOfPulled(model), first: false }))]
}

/** Of a network that isn't in the catalogue. */
function factsOfPulled({ name, label, sha256, files }: PulledModel): Catalogued {
  return {
    source: name,
    title: /^https?:/.test(name) ? (name.split('/').findLast((part) => part !== '') ?? name) : afterColon(name),
    family: 'Fetched by other names',
    why: `Not of the catalogue; fetched as ${label}.`,
    inputSize: null,
    parameters: null,
    licence: null,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    speed: null,
    milliseconds: null,
    here: true,
    sha256,
  }
}

const afterColon = (name: string): string => name.slice(name.indexOf(':') + 1)

/** Families stand together, in the order in which the catalogue first names them. */
function byFamily(networks: readonly CatalogueNetwork[]): readonly CatalogueNetwork[] {
  const families = [...new Set(networks.map(({ family }) => family))]
  return families.flatMap((family) => networks.filter((network) => network.family === family))
}

function factsOf(network: CatalogueNetwork): Omit<Catalogued, 'here' | 'milliseconds' | 'sha256'> {
  const { accuracy } = network
  return {
    source: network.name,
    title: network.title,
    family: network.family,
    why: network.why,
    inputSize: network.preprocessing.height,
    parameters: network.parameters ?? null,
    bytes: network.bytes ?? null,
    ...(accuracy === undefined ? {} : { accuracy: accuracy.top1 / 100, accuracySize: accuracy.size }),
    licence: network.licence ?? null,
    speed: speedOf(network),
  }
}

const measured = z.record(z.string(), z.object({ speed: z.object({ convolution: z.number().positive() }).optional() }))

/** The fastest convolution that was measured here, in thousand million operations per second; null: none was. */
async function measuredSpeed(path: string): Promise<number | null> {
  try {
    const known = measured.parse(JSON.parse(await readFile(path, 'utf8')))
    const speeds = Object.values(known).flatMap(({ speed }) => (speed === undefined ? [] : [speed.convolution]))
    return speeds.length === 0 ? null : Math.max(...speeds)
  } catch {
    return null
  }
}

/** Two operations per multiply-add, all at the speed of convolutions: what it takes at least. */
function millisecondsOf({ multiplyAdds }: CatalogueNetwork, speed: number | null): number | null {
  return multiplyAdds === undefined || speed === null ? null : (2 * multiplyAdds) / (speed * 1e6)
}
