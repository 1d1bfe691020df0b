import { type CatalogueNetwork, speedOf } from '@graft/nodes'
import { formatBytes } from '../../../text/format-values.js'
import { tableLines } from '../../../text/table.js'

/** A network of the catalogue, and whether it is here. */
export interface ListedNetwork {
  readonly network: CatalogueNetwork
  readonly here: boolean
}

const unknown = '-'

/** What decides whether one takes a network: one line for each, or three where that is wider than `columns`. */
export function catalogueLines(listed: readonly ListedNetwork[], columns = Number.POSITIVE_INFINITY): string[] {
  const table = tableOf(listed)
  return table.every((line) => line.length <= columns) ? table : listed.flatMap(narrowLines)
}

function narrowLines({ network, here }: ListedNetwork): string[] {
  const { bytes, preprocessing, accuracy, licence } = network
  const facts = [
    bytes === undefined ? null : formatBytes(bytes),
    `${preprocessing.width} pixels`,
    speedOf(network),
    accuracy === undefined ? null : `${accuracy.top1.toFixed(1)}%`,
    licence,
  ]
  return [`${network.name}${here ? '  (here)' : ''}`, `  ${facts.filter(Boolean).join(', ')}`, `  ${network.why}`]
}

function tableOf(listed: readonly ListedNetwork[]): string[] {
  const rows = listed.map(({ network, here }) => [
    network.name,
    network.bytes === undefined ? unknown : formatBytes(network.bytes),
    `${network.preprocessing.width}`,
    speedOf(network) ?? unknown,
    network.accuracy === undefined ? unknown : network.accuracy.top1.toFixed(1),
    network.licence ?? unknown,
    here ? 'here' : '',
    network.why,
  ])
  return tableLines([['name', 'download', 'pixels', 'speed', 'ImageNet', 'licence', '', 'why'], ...rows], [1, 2, 4])
}

/** All that is known of one network. */
export function describeCatalogued({ network, here }: ListedNetwork): string[] {
  const { accuracy, preprocessing, multiplyAdds } = network
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['name', network.name],
    ['network', `${network.title} (${network.family})`],
    ['why', network.why],
    ['weights', network.weights],
    ['architecture', network.architecture ?? 'its file has its own layers'],
    [
      'download',
      network.bytes === undefined ? undefined : `${formatBytes(network.bytes)}${here ? ', here already' : ''}`,
    ],
    ['parameters', network.parameters?.toLocaleString('en')],
    [
      'work',
      multiplyAdds === undefined
        ? undefined
        : `${(multiplyAdds / 1e9).toPrecision(3)} thousand million multiply-adds per image (${speedOf(network)})`,
    ],
    [
      'accuracy',
      accuracy && `${accuracy.top1}% on ImageNet's validation images of ${accuracy.size} pixels, as published`,
    ],
    ['images', imagesOf(preprocessing)],
    ['licence', network.licence],
    ['from', network.address ?? (network.repository && `Hugging Face: ${network.repository}`)],
    ['sha256', network.sha256 && `begins with ${network.sha256}`],
  ]
  const known = facts.flatMap(([label, value]) => (value === undefined ? [] : [[label, value]]))
  return [...tableLines(known), '', `Use it with --set backbone.source=${network.name}`]
}

function imagesOf({
  height,
  width,
  cropFraction,
  interpolation,
  mean,
  deviation,
}: CatalogueNetwork['preprocessing']): string {
  const share = cropFraction === 1 ? 'all' : `the middle ${(100 * cropFraction).toFixed(1)}%`
  return `${width} x ${height}, ${share} of the shorter side, ${interpolation}; mean ${mean.join(' ')}, deviation ${deviation.join(' ')}`
}
