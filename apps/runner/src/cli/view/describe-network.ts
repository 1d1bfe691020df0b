import type { NetworkSummary } from '@graft/graph-schema'
import type { Colors } from '../../text/colors.js'
import { oneLine } from '../../text/format-values.js'
import { tableLines } from '../../text/table.js'

type Stage = NetworkSummary['stages'][number]

export interface DescribeOptions {
  /** Every layer, below its stage. */
  readonly layers: boolean
}

/** A network for a terminal: what it is, a table of its stages (and layers), and where it may be cut. */
export function describeNetwork(network: NetworkSummary, colors: Colors, { layers }: DescribeOptions): string[] {
  const rows = network.stages.flatMap((stage) => [stageRow(stage), ...(layers ? stage.layers.map(layerRow) : [])])
  const [heading = '', ...table] = tableLines([headings(layers), ...rows], [2, 3, 4, 5])
  return [...facts(network, colors), '', colors.bold(heading), ...table.map(oneLine), '', ...cuts(network, layers)]
}

function facts(network: NetworkSummary, colors: Colors): string[] {
  const { classNames, preprocessing, source, licence } = network
  const classes = classNames === null ? 'none, it ends in features' : `${classNames.length}: ${listed(classNames)}`
  const told: readonly (readonly [string, string])[] = [
    ['source', `${source}${licence === null ? '' : `, licence ${licence}`}`],
    ['input', `${network.input.name} [N, ${network.input.shape.join(', ')}]`],
    ['images', preprocessing.explanation],
    ['parameters', `${count(network.parameters)}, of which ${count(network.trainable)} are trained`],
    ['work', `${count(network.macs)} multiply-accumulate operations per image`],
    ['classes', classes],
    ...network.history.map((line) => ['history', line] as const),
  ]
  return [
    colors.bold(oneLine(network.name)),
    ...told.flatMap(([name, text]) => inLines(`  ${name.padEnd(12)}${oneLine(text)}`, 14)),
  ]
}

/** Terminals are this wide, or wider. */
const width = 80

/** A text in lines that fit a terminal, broken between words; those after the first begin further in. */
function inLines(text: string, indent: number): string[] {
  const lines: string[] = []
  let rest = text
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width)
    const at = space > indent ? space : rest.indexOf(' ', width)
    if (at < 0) break
    lines.push(rest.slice(0, at))
    rest = ' '.repeat(indent) + rest.slice(at + 1)
  }
  return [...lines, rest]
}

const headings = (layers: boolean): string[] => [
  layers ? 'stage / layer' : 'stage',
  layers ? 'operator' : 'layers',
  'shape',
  'parameters',
  'operations',
  'sees',
  'notes',
]

function stageRow(stage: Stage): string[] {
  const notes = [
    ...(stage.parameters > 0 && stage.trainable === 0 ? ['frozen'] : []),
    ...(stage.statistics === null ? [] : [`batch norm ${stage.statistics}`]),
  ]
  return [stage.name, String(stage.layers.length), ...numbers(stage), notes.join(', ')]
}

function layerRow(layer: Stage['layers'][number]): string[] {
  const notes = [...(layer.cut ? ['cut'] : []), ...(layer.frozen ? ['frozen'] : [])]
  return [`  ${layer.name}`, layer.operator, ...numbers(layer), notes.join(', ')]
}

const numbers = (part: Pick<Stage, 'shape' | 'parameters' | 'macs' | 'receptiveField'>): string[] => [
  part.shape.join(' x '),
  count(part.parameters),
  count(part.macs),
  part.receptiveField === null ? 'all' : `${part.receptiveField.height} x ${part.receptiveField.width}`,
]

function cuts({ stages }: NetworkSummary, layers: boolean): string[] {
  const legal = stages.flatMap((stage) => stage.layers).filter((layer) => layer.cut).length
  const more = layers ? '; layers marked "cut" are legal as well' : '; `--layers` marks the layers'
  return [
    ...inLines(
      `It may be cut after every stage (${listed(stages.map(({ name }) => name))}) and after ${legal} layers${more}.`,
      0,
    ),
    'sees: pixels of the image that one value depends on, padding included.',
  ]
}

/** `1,204`, `25.6 M`, `4.1 G`. */
function count(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(2)} G`
  return value >= 1e6 ? `${(value / 1e6).toFixed(2)} M` : value.toLocaleString('en-GB')
}

const listed = (names: readonly string[], most = 8): string =>
  `${names.slice(0, most).join(', ')}${names.length > most ? `, ... (${names.length})` : ''}`
