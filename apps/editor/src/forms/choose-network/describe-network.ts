import type { Catalogued } from '@graft/graph-schema'
import { bytes, compact, percent } from '../../ui/format.js'

/** Whether a network is here, or how much is to download. */
export const placeOf = ({ here, bytes: size }: Pick<Catalogued, 'here' | 'bytes'>): string =>
  here ? 'here' : size === null ? 'to download' : `to download: ${bytes(size)}`

/** What decides between networks, as far as it is known. */
export function factsOf({
  inputSize,
  parameters,
  accuracy,
  accuracySize,
  licence,
  speed,
  milliseconds,
}: Catalogued): string[] {
  const facts = [
    inputSize === null ? null : `${inputSize} px`,
    parameters === null ? null : `${compact(parameters)} parameters`,
    accuracy === undefined
      ? null
      : `${percent(accuracy)} on ImageNet${accuracySize === inputSize ? '' : ` at ${accuracySize} px`}`,
    milliseconds === null ? speed : [speed, `from ${timeOf(milliseconds)} per image here`].filter(Boolean).join(', '),
    licence,
  ]
  return facts.filter((fact) => fact !== null)
}

const timeOf = (milliseconds: number): string =>
  `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`

/** The network of the catalogue that a source names; timm's are written with a slash too. */
export function findCatalogued(networks: readonly Catalogued[], source: string): Catalogued | null {
  const plain = source.replace(/^timm\//, 'timm:')
  return networks.find((network) => network.source === plain) ?? null
}

/** Whether a source is a name or an address, so that there is something to fetch; a path isn't. */
export const isRemote = (source: string): boolean =>
  /^https?:\/\/./i.test(source) || /^(?!embedded:)[a-z]{2,}:[^\\/]/.test(source) || source.startsWith('timm/')

/** Whether a checksum pins the whole of another one. */
export const pins = (pinned: string, sha256: string): boolean => pinned !== '' && sha256.startsWith(pinned)
