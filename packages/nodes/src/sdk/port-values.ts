import type {
  AdviceValue,
  DatasetValue,
  FileValue,
  MetricsValue,
  Port,
  PortKind,
  ReportValue,
} from '@graft/graph-schema'
import type { ModelValue } from './values.js'

/** Ports of a node by name, as `inputs` and `outputs` of a definition list them. */
export type Ports = Readonly<Record<string, Port>>

/** What flows along a wire of each of Graft's kinds. */
export interface PortValues {
  readonly dataset: DatasetValue
  readonly model: ModelValue
  readonly metrics: MetricsValue
  readonly report: ReportValue
  readonly file: FileValue
  readonly number: number
  readonly advice: AdviceValue
}

/** For types only: a port of a plugin's own kind knows what it carries. */
declare const carries: unique symbol
export interface Carrying<Value> {
  readonly [carries]: Value
}

/** One value on a wire of this port; `unknown` where the kind isn't known before running. */
export type ValueOf<Some extends Port> =
  Some extends Carrying<infer Value> ? Value : Some['kind'] extends PortKind ? PortValues[Some['kind']] : unknown

/** Names of the inputs at which nothing may arrive. */
type MayBeMissing<Inputs extends Ports> = {
  [Name in keyof Inputs]: Inputs[Name] extends { readonly multiple: true }
    ? never
    : Inputs[Name] extends { readonly optional: true }
      ? Name
      : never
}[keyof Inputs]

type AtInput<Some extends Port> = Some extends { readonly multiple: true } ? readonly ValueOf<Some>[] : ValueOf<Some>

/** What `run` finds at a node's inputs: a list where several wires may end, perhaps nothing where none must. */
export type InputValues<Inputs extends Ports> = {
  readonly [Name in Exclude<keyof Inputs, MayBeMissing<Inputs>>]: AtInput<Inputs[Name]>
} & { readonly [Name in MayBeMissing<Inputs>]?: AtInput<Inputs[Name]> | undefined }

/** What `run` has to give: one value for every output. */
export type OutputValues<Outputs extends Ports> = { readonly [Name in keyof Outputs]: ValueOf<Outputs[Name]> }
