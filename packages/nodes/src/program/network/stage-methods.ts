import { must } from '@graft/errors'
import { unusedName } from '../python/identifiers.js'
import { remark } from '../python/python.js'
import { repeatedRun } from './repeated-run.js'
import type { TorchNames } from './torch-operator.js'
import { Variables } from './variables.js'
import { type Member, pathIn, type WrittenLayer, type WrittenStage } from './written-layer.js'

/** Another stage that a stage uses modules or parameters of. */
export interface Lender {
  readonly attribute: string
  readonly className: string
  /** What holds it in the stage that uses them. */
  readonly holder: string
}

/** What lines of a stage may name that isn't the stage's own. */
export interface Surroundings extends Pick<TorchNames, 'integers'> {
  readonly lenders: readonly Lender[]
}

/** Lines of a stage's `forward`, and of the method for what it does several times. */
export interface StageMethods {
  readonly method: { readonly name: string; readonly lines: readonly string[] } | null
  readonly forward: readonly string[]
}

/** A line that computes a value. */
interface Line {
  readonly name: string
  readonly inputs: readonly string[]
  /** Of the layer that the value is of. */
  readonly operator: string
  /** What a remark says before it, where it isn't said already. */
  readonly block: string
  /** A call: its remarks are where it leads. */
  readonly isCall?: boolean
  readonly value: (inputs: readonly string[], overwrites: boolean) => string
}

export function methodsOf(
  { layers, attribute: stage }: WrittenStage,
  arriving: readonly string[],
  leaving: readonly string[],
  surroundings: Surroundings,
): StageMethods {
  const lines = layers.map((layer) => lineOf(layer, stage, surroundings))
  const run = repeatedRun(layers, leaving)
  if (run === null) return { method: null, forward: textOf(lines, arriving, leaving) }
  const { start, length, given } = run
  const name = unusedName('branch', new Set(layers.flatMap(({ module, loose }) => namesOf(module, loose))))
  const calls = given.map((value, index): Line => {
    const last = must(lines[start + length * (index + 1) - 1], 'the last layer of a run')
    return { ...last, inputs: [value], isCall: true, value: ([x]) => `self.${name}(${x})` }
  })
  const own = lines.slice(start, start + length)
  return {
    method: { name, lines: textOf(own, given.slice(0, 1), [own.at(-1)?.name ?? '']) },
    forward: textOf(lines.toSpliced(start, length * given.length, ...calls), arriving, leaving),
  }
}

const namesOf = (module: Member, loose: Readonly<Record<string, Member>>): readonly string[] =>
  [module, ...Object.values(loose)].map(({ name }) => name)

function lineOf(written: WrittenLayer, stage: string, { lenders, integers }: Surroundings): Line {
  const { layer, torch, module, loose } = written
  const held = (member: Member): string => {
    const lender = lenders.find(({ attribute }) => attribute === member.stage && attribute !== stage)
    return lender === undefined ? 'self' : `self.${lender.holder}[0]`
  }
  return {
    name: layer.name,
    inputs: layer.inputs,
    operator: layer.operator,
    block: blockOf(layer.name),
    value: (inputs, overwrites) =>
      torch.value({
        overwrites,
        inputs,
        self: `${held(module)}.${module.name}`,
        parameter: (slot) => `${held(loose[slot] ?? module)}.${pathIn(written, slot)}`,
        integers,
      }),
  }
}

/** Operators whose gradient doesn't need their own value: what alone reads it may take its place. */
const leavesItsValue: ReadonlySet<string> = new Set(['Conv', 'BatchNormalization', 'Gemm', 'Add'])

function textOf(lines: readonly Line[], arriving: readonly string[], leaving: readonly string[]): string[] {
  const variables = new Variables()
  for (const [index, value] of arriving.entries())
    variables.assign(value, [], (held) => arriving.slice(0, index).includes(held))
  const result: string[] =
    arriving.length === 1 ? [] : [`${arriving.map((value) => variables.of(value)).join(', ')} = values`]
  const assigned = new Set(arriving.map((value) => variables.of(value)))
  let before = ''
  lines.forEach(({ name, inputs, block, isCall = false, value }, index) => {
    const needed = (one: string): boolean =>
      leaving.includes(one) || lines.slice(index + 1).some((later) => later.inputs.includes(one))
    const [input = ''] = inputs
    const maker = lines.find((one) => one.name === input)?.operator
    // What read it before may look into it, or need it for its gradient.
    const readers = lines.filter((one) => one.inputs.includes(input)).length
    const expression = value(
      inputs.map((one) => variables.of(one)),
      readers === 1 && !leaving.includes(input) && maker !== undefined && leavesItsValue.has(maker),
    )
    if (block !== before && block !== '' && !isCall) result.push(`# ${remark(block)}`)
    before = block
    const variable = variables.assign(name, inputs, needed)
    // A parameter by itself would make the variable's type its own.
    const type = /^self\.[\w.[\]]+$/.test(expression) && !assigned.has(variable) ? ': Tensor' : ''
    if (expression !== variable) result.push(...`${variable}${type} = ${expression}`.split('\n'))
    assigned.add(variable)
  })
  const values = leaving.map((value) => variables.of(value))
  return [...result, `return ${values.join(', ')}`]
}

/** The block that a layer's name says it is in: `stage2.0` of `stage2.0.depthwise`. */
function blockOf(name: string): string {
  const parts = name.split('.')
  const last = parts.findLastIndex((part) => /^\d+$/.test(part))
  return last <= 0 || last === parts.length - 1 ? '' : parts.slice(0, last + 1).join('.')
}
