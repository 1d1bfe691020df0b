import { must } from '@graft/errors'
import type { Tensors } from '@graft/network'
import { NodeError } from '../../sdk/node-error.js'
import { fromStateDict, stateDict, type Described } from '../network/torch-network.js'
import { learnedBy } from '../plan/frozen-names.js'
import type { ProgramPhase } from '../plan/program-plan.js'

/** What an optimizer keeps of each parameter: as Graft calls it, and as torch.optim does. */
const slotsOf = (optimizer: ProgramPhase['optimizer']): readonly (readonly [graft: string, torch: string])[] =>
  optimizer.name === 'SGD'
    ? [['momentum', 'momentum_buffer']]
    : [
        ['first', 'exp_avg'],
        ['second', 'exp_avg_sq'],
      ]

const countsSteps = (optimizer: ProgramPhase['optimizer']): boolean => optimizer.name !== 'SGD'

/**
 * Graft's slots (`momentum/NAME`) as tensors of a program's checkpoint (`optimizer/NAME/momentum_buffer`). Throws
 * NodeError where they are another optimizer's, or those of other parameters than the phase learns.
 */
export function toTorchSlots(torch: Described, phase: ProgramPhase, slots: Tensors, step: number): Tensors {
  const kinds = slotsOf(phase.optimizer)
  const kept = learnedSlots(torch, slots)
  refuseOthers(
    phase,
    kept,
    kinds.flatMap(([graft]) => learnedNames(torch, phase).map((name) => `${graft}/${name}`)),
  )
  const result: Tensors = new Map()
  for (const [graft, own] of kinds)
    for (const [name, value] of stateDict(torch, under(kept, `${graft}/`))) {
      result.set(`optimizer/${name}/${own}`, value)
      if (countsSteps(phase.optimizer)) result.set(`optimizer/${name}/step`, { shape: [], data: Float32Array.of(step) })
    }
  return result
}

/** Slots of what can be learned: running statistics and scales of float16 have a place among them, but no optimizer. */
function learnedSlots({ network }: Described, slots: Tensors): Tensors {
  const fixed = new Set(Object.keys(network.parameters))
  for (const name of network.layers.flatMap(learnedBy)) fixed.delete(name)
  return new Map([...slots].filter(([slot]) => !slot.startsWith('scaler/') && !fixed.has(parameterOf(slot))))
}

/**
 * Adam and AdamW keep the same of each parameter, so their slots don't tell which of them it was. Throws NodeError where
 * the checkpoint says that it was another one than the phase's; older checkpoints don't say.
 * @param written name in Graft or class of torch.optim, which differ in capitals only
 */
export function refuseOtherOptimizer({ name, optimizer }: ProgramPhase, written: string | undefined): void {
  if (written === undefined || written.toLowerCase() === optimizer.name.toLowerCase()) return
  throw new NodeError(
    'optimizer',
    `The checkpoint was written with another optimizer (${written}), and the phase "${name}" goes on with ${optimizer.name}.`,
    'Go on with the settings that it was written with, or leave the checkpoint out.',
  )
}

function refuseOthers({ name, optimizer }: ProgramPhase, slots: Tensors, expected: readonly string[]): void {
  const missing = expected.find((slot) => !slots.has(slot))
  const odd = [...slots.keys()].find((slot) => !expected.includes(slot))
  if (missing === undefined && odd === undefined) return
  throw new NodeError(
    'optimizer',
    `The checkpoint ${missing === undefined ? `has the optimizer state "${odd}"` : `has no optimizer state "${missing}"`}, and the phase "${name}" goes on with ${optimizer.name}. It was written with another optimizer or other frozen layers.`,
    'Go on with the settings that it was written with, or leave the checkpoint out.',
  )
}

/** What a phase's optimizer steps, by the network's names. */
export const learnedNames = ({ network, names }: Described, { frozen }: ProgramPhase): readonly string[] =>
  [...new Set(network.layers.flatMap(learnedBy))].filter((key) => !beginsWith(names.get(key) ?? key, frozen))

/** The parameter that a slot is of. */
export const parameterOf = (slot: string): string => slot.slice(slot.indexOf('/') + 1)

/** Steps that the optimizer has taken, where it counts them: in float16 some are left out. */
export function stepsOf(tensors: Tensors): number | undefined {
  return [...tensors].find(([name]) => name.startsWith('optimizer/') && name.endsWith('/step'))?.[1].data[0]
}

/** The other way; nothing is kept yet of a parameter without them. Throws NodeError for those of another optimizer. */
export function fromTorchSlots(torch: Described, phase: ProgramPhase, tensors: Tensors): Tensors {
  const kinds = slotsOf(phase.optimizer)
  const known = new Set([...kinds.map(([, own]) => own), 'step', 'max_exp_avg_sq'])
  const state = under(tensors, 'optimizer/')
  const odd = [...state.keys()].find((name) => !known.has(lastOf(name)))
  if (odd !== undefined)
    throw new NodeError(
      'optimizer',
      `The checkpoint keeps "${lastOf(odd)}" of a parameter, which ${phase.optimizer.name} of the phase "${phase.name}" doesn't.`,
      'Give a checkpoint of the program that this graph was exported as.',
    )
  const result: Tensors = new Map()
  for (const [graft, own] of kinds) {
    const ending = `/${own}`
    const named: Tensors = new Map(
      [...state].flatMap(([name, value]) => (name.endsWith(ending) ? [[name.slice(0, -ending.length), value]] : [])),
    )
    const found = fromStateDict(torch, named)
    for (const name of learnedNames(torch, phase)) {
      const { shape } = must(torch.network.parameters[name], `the parameter ${name}`)
      result.set(`${graft}/${name}`, found.get(name) ?? { shape, data: new Float32Array(sizeOf(shape)) })
    }
  }
  return result
}

const lastOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1)

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1)

/** Whether a name is one of these, or of something inside of one of them. */
export const beginsWith = (name: string, beginnings: readonly string[]): boolean =>
  beginnings.some((one) => name === one || name.startsWith(`${one}.`))

/** Tensors whose names begin so, without that beginning. */
export const under = (tensors: Tensors, beginning: string): Tensors =>
  new Map(
    [...tensors].flatMap(([name, value]) =>
      name.startsWith(beginning) ? [[name.slice(beginning.length), value]] : [],
    ),
  )
