import { metricsValueSchema } from '@graft/graph-schema'
import type { DatasetValue, FactSource, MetricsValue, OwnKind, Port, PortKind, SplitName } from '@graft/graph-schema'
import { z } from 'zod'
import { NodeError } from './node-error.js'
import type { Carrying } from './port-values.js'
import type { ModelValue } from './values.js'

/** What may be said of a port beyond its description. */
export interface PortOptions {
  readonly title?: string
  readonly optional?: boolean
  /** Optional inputs: the values of a parameter with which something has to be connected after all. */
  readonly neededFor?: Port['neededFor']
  readonly multiple?: boolean
  readonly splits?: readonly SplitName[]
  readonly splitsFrom?: string
  readonly classesFrom?: FactSource
  /** Outputs of numbers: the parameter of other nodes that it is meant for. The form offers to wire it there. */
  readonly feeds?: string
}

/** Nothing said beyond kind and description. */
type NoOptions = Readonly<Record<never, never>>

/** A port that knows its kind and whether it is optional or takes several wires, so that `run` gets typed values. */
export type PortOf<Kind extends Port['kind'], Options extends PortOptions> = Port & { readonly kind: Kind } & Options

/** Makes ports of one kind: `description` is shown to people, `options` say what else holds. */
export type PortMaker<Kind extends Port['kind'], Extra = unknown> = <const Options extends PortOptions = NoOptions>(
  description: string,
  options?: Options,
) => PortOf<Kind, Options> & Extra

function portOf<Kind extends PortKind>(kind: Kind, title: string): PortMaker<Kind> {
  return <const Options extends PortOptions = NoOptions>(description: string, options?: Options) =>
    ({ kind, title, description, ...options }) as PortOf<Kind, Options>
}

/**
 * A port for images. As an input, `splits` lists all it accepts; as an output, what it carries.
 *
 * @example
 *   inputs: { train: datasetPort('Images to learn from.', { title: 'Training', splits: ['train'] }) }
 */
export const datasetPort = portOf('dataset', 'Images')
/** A port for a network: a plan whose weights lie in the store. */
export const modelPort = portOf('model', 'Model')
/** A port for measurements, as Train and Evaluate give them. */
export const metricsPort = portOf('metrics', 'Metrics')
/** A port for a page that people read. */
export const reportPort = portOf('report', 'Report')
/** A port for a file, such as an exported network. */
export const filePort = portOf('file', 'File')
/** A port for a number. An output of this kind may also feed a parameter of another node. */
export const numberPort = portOf('number', 'Number')
/** A port for advice: what was measured of pictures and networks, and what follows from it. */
export const advicePort = portOf('advice', 'Advice')

/**
 * A kind of values of your plugin's own. Wires connect ports of equal kinds; what flows along them is JSON that fits
 * the schema, which Graft checks when a value leaves or enters a plugin. Gives what makes ports of that kind.
 *
 * @example
 *   const pointsPort = portKind('my-plugin/points', 'Points', z.array(z.tuple([z.number(), z.number()])))
 *   defineNode({ ..., outputs: { points: pointsPort('Where the corners are.') }, run: async () => ({ points: [[0, 1]] }) })
 *
 * @param kind The plugin's name, a slash, and a name: `my-plugin/points`.
 * @param title Heading of such ports, unless they say another.
 * @param schema What a value is. It must be expressible as JSON Schema: no `.transform()`.
 */
export function portKind<const Kind extends OwnKind, Value>(
  kind: Kind,
  title: string,
  schema: z.ZodType<Value>,
): PortMaker<Kind, Carrying<Value>> {
  const json = z.toJSONSchema(schema) as Readonly<Record<string, unknown>>
  return <const Options extends PortOptions = NoOptions>(description: string, options?: Options) =>
    ({ kind, title, description, schema: json, ...options }) as unknown as PortOf<Kind, Options> & Carrying<Value>
}

/*
 * Plugins written before inputs were typed call these to find out what arrived; a node that is written today reads
 * `inputs.model` as it is.
 */

/** The images that arrived at an input. Throws a NodeError when something else did. */
export function datasetInput(value: unknown): DatasetValue {
  return inputOf<DatasetValue>(value, 'dataset', 'images')
}

/** The images at an input that may be left unconnected. */
export function optionalDatasetInput(value: unknown): DatasetValue | undefined {
  return value === undefined ? undefined : datasetInput(value)
}

/** The network that arrived at an input. Throws a NodeError when something else did. */
export function modelInput(value: unknown): ModelValue {
  return inputOf<ModelValue>(value, 'model', 'a model')
}

/**
 * The measurements that arrived at an input, also where an earlier version of Graft stored them. Throws a NodeError when
 * something else did.
 */
export function metricsInput(value: unknown): MetricsValue {
  return metricsValueSchema.parse(inputOf<MetricsValue>(value, 'metrics', 'metrics'))
}

/** Everything that arrived at a `multiple` input; none when it is not connected. */
export function inputList(value: unknown): readonly unknown[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}

/**
 * Values on wires were made by nodes and checked by kind when the graph was; this guards against a node that breaks its
 * promise.
 */
function inputOf<Value extends { readonly kind: PortKind }>(value: unknown, kind: Value['kind'], what: string): Value {
  const actual = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined
  if (actual === kind) return value as Value
  throw new NodeError(
    null,
    `An input expected ${what}, but got ${actual === undefined ? 'nothing' : `a value of kind "${String(actual)}"`}.`,
    `Connect an output of kind "${kind}" to it.`,
  )
}
