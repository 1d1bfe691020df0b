import { must } from '@graft/errors'
import { findOperator, type Network } from '@graft/network'
import { classNames, unusedName } from '../python/identifiers.js'
import { call, lines, list, type Python, remark } from '../python/python.js'
import { type Lender, methodsOf } from './stage-methods.js'
import type { TorchNetwork } from './torch-network.js'
import type { WrittenLayer, WrittenStage } from './written-layer.js'

/** Values whose types are each named where several cross a border. */
const fewValues = 4

/** Whole numbers that stand in a line as they are. */
const fewNumbers = 12

/** Lists of numbers that several layers use, as constants of the file. */
class Constants {
  readonly lines: string[] = []
  readonly #names = new Map<string, string>()

  integers(values: readonly number[]): string {
    if (values.length <= fewNumbers) return `[${values.join(', ')}]`
    const key = values.join()
    const known = this.#names.get(key)
    if (known !== undefined) return known
    const name = `PLACES_${this.#names.size + 1}`
    this.#names.set(key, name)
    const rows = Array.from({ length: Math.ceil(values.length / 24) }, (_, row) =>
      values.slice(row * 24, (row + 1) * 24),
    )
    this.lines.push(`# fmt: off`, `${name} = [`, ...rows.map((row) => `    ${row.join(', ')},`), ']', '# fmt: on')
    return name
  }
}

/** `model.py`: a class for each stage, and the network that goes through them. */
export function modelFile(torch: TorchNetwork): string {
  const constants = new Constants()
  const borders = bordersOf(torch)
  const names = classNames(torch.stages.map(({ attribute }) => attribute))
  const classOf = ({ attribute }: WrittenStage): string => must(names.get(attribute), `the class of ${attribute}`)
  const classes = torch.stages.map((stage, index) =>
    stageClass(
      classOf(stage),
      stage,
      must(borders[index], 'a border'),
      must(borders[index + 1], 'a border'),
      torch.network,
      constants,
      borrowed(torch, stage, classOf),
    ),
  )
  const body = classes.join('\n\n\n')
  const uses = (word: string): boolean => body.includes(word)
  return [
    `"""${sentence(torch.network)}"""`,
    '',
    'from __future__ import annotations',
    '',
    'from collections import OrderedDict',
    '',
    ...(uses('torch.') ? ['import torch'] : []),
    ...(uses('F.') ? ['import torch.nn.functional as F'] : []),
    'from torch import Tensor, nn',
    '',
    ...(uses('StandardisedConv2d(') ? ['from layers import StandardisedConv2d', ''] : []),
    ...(constants.lines.length > 0 ? [...constants.lines, ''] : []),
    '',
    body,
    '',
    '',
    ...networkClass(torch, classOf),
    '',
  ].join('\n')
}

function sentence({ name, input, head }: Network): string {
  const [channels, height, width] = input.shape
  const result = head === null ? 'features' : `${head.names.length} classes`
  return `${remark(name)}: from [batch, ${channels}, ${height}, ${width}] to ${result}.`
}

function networkClass({ stages }: TorchNetwork, classOf: (stage: WrittenStage) => string): string[] {
  const lenders = new Set(stages.flatMap(({ borrowsFrom }) => borrowsFrom))
  const madeBy = (stage: WrittenStage): string => `${classOf(stage)}(${stage.borrowsFrom.map(lent).join(', ')})`
  const first = stages.filter(({ attribute }) => lenders.has(attribute))
  const entries = list(
    stages.map(
      (stage): Python =>
        `("${stage.attribute}", ${lenders.has(stage.attribute) ? lent(stage.attribute) : madeBy(stage)})`,
    ),
  )
  return [
    'class Network(nn.Sequential):',
    '    """All stages, one after the other."""',
    '',
    '    def __init__(self) -> None:',
    ...first.map((stage) => `        ${lent(stage.attribute)} = ${madeBy(stage)}`),
    ...lines('', call('super().__init__', [call('OrderedDict', [entries])]), 2),
    '',
    '',
    'def stages_of(network: nn.Module) -> dict[str, nn.Module]:',
    '    """The stages by name, in order."""',
    '    return dict(network.named_children())',
  ]
}

/** Values that cross each border between stages: before the first, between two, behind the last. */
function bordersOf({ network, stages }: TorchNetwork): readonly (readonly string[])[] {
  const order = [network.input.name, ...network.layers.map(({ name }) => name)]
  const stageOf = new Map(
    stages.flatMap(({ layers }, index) => layers.map(({ layer }) => [layer.name, index] as const)),
  )
  const readIn = (value: string): number =>
    Math.max(
      value === network.output ? stages.length : -1,
      ...network.layers.filter(({ inputs }) => inputs.includes(value)).map(({ name }) => stageOf.get(name) ?? 0),
    )
  const last = new Map(order.map((value) => [value, readIn(value)]))
  return Array.from({ length: stages.length + 1 }, (_, border) =>
    border === stages.length
      ? [network.output]
      : order.filter((value) => (stageOf.get(value) ?? -1) < border && (last.get(value) ?? -1) >= border),
  )
}

const borrowed = (
  { stages }: TorchNetwork,
  { borrowsFrom, layers }: WrittenStage,
  classOf: (stage: WrittenStage) => string,
): readonly Lender[] => {
  const used = new Set(layers.flatMap(({ module, loose }) => [module, ...Object.values(loose)].map(({ name }) => name)))
  return stages
    .filter(({ attribute }) => borrowsFrom.includes(attribute))
    .map((stage) => ({
      attribute: stage.attribute,
      className: classOf(stage),
      holder: unusedName(lent(stage.attribute), used),
    }))
}

/** What a stage whose layers are called again in another one is called there. */
const lent = (attribute: string): string => `shared_${attribute}`

function stageClass(
  name: string,
  stage: WrittenStage,
  arriving: readonly string[],
  leaving: readonly string[],
  network: Network,
  constants: Constants,
  lenders: readonly Lender[],
): string {
  const { name: title, layers } = stage
  const one = (values: readonly string[]): string =>
    values.length === 1
      ? 'Tensor'
      : `tuple[${values.length > fewValues ? 'Tensor, ...' : values.map(() => 'Tensor').join(', ')}]`
  const members = [...lentLines(lenders), ...layers.flatMap((layer) => membersOf(layer, network))]
  const given = lenders.map(({ attribute, className }) => `, ${lent(attribute)}: ${className}`).join('')
  const { method, forward } = methodsOf(stage, arriving, leaving, {
    lenders,
    integers: (values) => constants.integers(values),
  })
  return [
    `class ${name}(nn.Module):`,
    `    """${remark(title)}"""`,
    '',
    ...(members.length > 0
      ? [
          `    def __init__(self${given}) -> None:`,
          '        super().__init__()',
          ...members.map((line) => `        ${line}`),
          '',
        ]
      : []),
    ...(method === null
      ? []
      : [
          `    def ${method.name}(self, x: Tensor) -> Tensor:`,
          '        """Layers that several values go through, each by itself."""',
          ...method.lines.map((line) => `        ${line}`),
          '',
        ]),
    `    def forward(self, ${arriving.length === 1 ? 'x' : 'values'}: ${one(arriving)}) -> ${one(leaving)}:`,
    ...forward.map((line) => `        ${line}`),
  ].join('\n')
}

/** References to other stages: as attributes by themselves those would be parts of this one, with all that they learn. */
const lentLines = (lenders: readonly Lender[]): readonly string[] =>
  lenders.length === 0
    ? []
    : [
        '# In a tuple, for they are no parts of this stage; some of their layers are called again here.',
        ...lenders.map(({ attribute, holder }) => `self.${holder} = (${lent(attribute)},)`),
      ]

/** Modules and parameters that a layer makes. */
function membersOf({ layer, torch, module, loose, makes }: WrittenLayer, { parameters }: Network): string[] {
  const roles = findOperator(layer.operator).parameters
  const own = [...makes.loose].map((slot) => {
    const { name } = must(loose[slot], `the name of ${slot}`)
    const { shape = [] } = parameters[layer.parameters[slot] ?? ''] ?? {}
    const turned = torch.transposed?.includes(slot) ? [...shape].reverse() : shape
    const sizes = turned.length === 0 ? '()' : turned.join(', ')
    // A number of the formula is not learned.
    if (roles[slot]?.role !== 'constant') return `self.${name} = nn.Parameter(torch.zeros(${sizes}))`
    return `self.${name}: Tensor\n        self.register_buffer("${name}", torch.zeros(${sizes}))`
  })
  return [...(makes.module ? [`self.${module.name} = ${torch.module}`] : []), ...own]
}
