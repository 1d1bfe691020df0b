import { metricsValueSchema } from '@graft/graph-schema'
import type { DatasetValue, FactSource, MetricsValue, Port, PortKind, SplitName } from '@graft/graph-schema'
import { type Network, upgradeNetwork } from '@graft/network'
import { NodeError } from './node-error.js'
import type { ModelValue } from './values.js'

/** What may be said of a port beyond its description. */
export interface PortOptions {
  readonly title?: string
  readonly optional?: boolean
  readonly multiple?: boolean
  readonly splits?: readonly SplitName[]
  readonly splitsFrom?: string
  readonly classesFrom?: FactSource
}

const portOf =
  (kind: PortKind, title: string) =>
  (description: string, options: PortOptions = {}): Port => ({ kind, title, description, ...options })

/** A port for images. As an input, `splits` lists all it accepts; as an output, what it carries. */
export const datasetPort = portOf('dataset', 'Images')
export const modelPort = portOf('model', 'Model')
export const metricsPort = portOf('metrics', 'Metrics')
export const reportPort = portOf('report', 'Report')
export const filePort = portOf('file', 'File')
export const numberPort = portOf('number', 'Number')

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
  const model = inputOf<ModelValue>(value, 'model', 'a model')
  const network = upgradeNetwork(model.network) as Network
  return network === model.network ? model : { ...model, network }
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
