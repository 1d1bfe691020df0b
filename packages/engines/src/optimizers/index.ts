import { must } from '@graft/errors'
import { adam } from './adam.js'
import { adamw } from './adamw.js'
import type { GraphResult, GraphUpdate } from './graph-update.js'
import type { Fields, FieldValues, Optimizer, OptimizerProblem, UpdateCall, UpdateResult } from './optimizer.js'
import { sgd } from './sgd.js'

/** Every optimizer there is; a form offers them in this order. */
export const optimizers = [adamw, adam, sgd] as const

type Listed = (typeof optimizers)[number]
/** What each member of a union has, all together. */
export type All<Union> = (Union extends unknown ? (value: Union) => void : never) extends (value: infer Both) => void
  ? Both
  : never

export type OptimizerName = Listed['name']

type SpecOf<Each> =
  Each extends Optimizer<infer Name, infer Form, infer Code>
    ? { readonly name: Name; readonly weightDecay: number } & FieldValues<Form> & FieldValues<Code>
    : never

/** An optimizer's name and settings, as trainers take them. */
export type OptimizerSpec = SpecOf<Listed>

/** The settings that optimizers bring, for all of them together: what a form shows, and what only code sets. */
export const optimizerForm = Object.assign({}, ...optimizers.map(({ form }) => form)) as All<Listed['form']>
export const optimizerCode = Object.assign({}, ...optimizers.map(({ code }) => code)) as All<Listed['code']>

export const optimizerNames = optimizers.map(({ name }) => name) as [OptimizerName, ...OptimizerName[]]

type AnyOptimizer = Optimizer<string, Fields, Fields>
const find = (name: string): AnyOptimizer =>
  must(
    (optimizers as unknown as readonly AnyOptimizer[]).find((optimizer) => optimizer.name === name),
    `the optimizer "${name}" in the list of optimizers`,
  )

/** What trainers are told of an optimizer: of all settings, those that it has. */
export function optimizerOf(
  settings: Readonly<Record<string, unknown>> & { readonly optimizer: string },
): OptimizerSpec {
  const { name, form, code } = find(settings.optimizer)
  const own = [...Object.keys(form), ...Object.keys(code)].map((field) => [field, settings[field]])
  return { name, ...Object.fromEntries(own), weightDecay: settings['weightDecay'] } as OptimizerSpec
}

/** What the chosen optimizer says against these settings. */
export function checkOptimizer(
  settings: Readonly<Record<string, unknown>> & { readonly optimizer: string; readonly learningRate: number },
): OptimizerProblem | null {
  return find(settings.optimizer).check?.(settings) ?? null
}

/** An optimizer with its settings filled in. */
export interface ConfiguredOptimizer {
  readonly slots: readonly string[]
  scalars(update: number): Readonly<Record<string, number>>
  write(update: GraphUpdate): GraphResult
  update(call: UpdateCall): UpdateResult
}

/** The optimizer that a specification names, with its settings. */
export function configureOptimizer(spec: OptimizerSpec): ConfiguredOptimizer {
  const optimizer = find(spec.name)
  return {
    slots: optimizer.slots,
    scalars: (update) => optimizer.scalars(spec, update),
    write: (update) => optimizer.write(spec, update),
    update: (call) => optimizer.update(spec, call),
  }
}
