import type { AttributeValue, Layer, Shape } from '@graft/network'
import { NodeError } from '../../sdk/node-error.js'

/** One layer, as it is to be written in PyTorch. */
export interface TorchCall {
  readonly layer: Layer
  /** With defaults filled in. */
  readonly attributes: Readonly<Record<string, AttributeValue>>
  /** Shapes of the data inputs, batch axis included. */
  readonly inputs: readonly Shape[]
  readonly output: Shape
  /** Shapes of parameters, by slot. */
  readonly parameters: Readonly<Record<string, Shape>>
}

/** What the text of a layer's value may name. */
export interface TorchNames {
  /** Variables of the data inputs. */
  readonly inputs: readonly string[]
  /** Whether the result may take the place of the first input, which nothing else needs. */
  readonly overwrites: boolean
  /** The layer's module. */
  readonly self: string
  /** A parameter that no module holds. */
  parameter(slot: string): string
  /** A list of whole numbers, by itself or as a constant of the file where it is long. */
  integers(values: readonly number[]): string
}

/** How a layer is written. */
export interface TorchLayer {
  /** The expression that makes its module, where it has one. */
  readonly module?: string
  /** What the module calls the parameters of the slots; the others are parameters of the stage. */
  readonly names?: Readonly<Record<string, string>>
  /** Slots whose matrix PyTorch has the other way round. */
  readonly transposed?: readonly string[]
  /** Slots whose values PyTorch has in one axis. */
  readonly flat?: readonly string[]
  /** The expression of its value; on several lines as ruff lays them out. */
  readonly value: (names: TorchNames) => string
}

/** How one operator is written in PyTorch. One record per operator, listed in `operators/index.ts`. */
export interface TorchOperator {
  /** As in the network's operators. */
  readonly name: string
  /** @throws NodeError for a use that PyTorch has no words for */
  write(call: TorchCall): TorchLayer
}

/** A layer that can't be written. */
export const notInPyTorch = ({ layer }: Pick<TorchCall, 'layer'>, what: string): NodeError =>
  new NodeError(
    'model',
    `The layer ${layer.name} (${layer.operator}) ${what}, which PyTorch has no words for.`,
    'Cut the network before it (Strip Head), or export the trained network as ONNX.',
  )

/** A function of the data inputs alone. */
export const functional = (
  name: string,
  value: (inputs: readonly string[], call: TorchCall) => string,
): TorchOperator => ({
  name,
  write: (call) => ({ value: ({ inputs }) => value(inputs, call) }),
})

export const numberOf = ({ attributes, layer }: Pick<TorchCall, 'attributes' | 'layer'>, name: string): number => {
  const value = attributes[name]
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  throw notInPyTorch({ layer }, `has no number ${name}`)
}

export const listOf = (
  { attributes, layer }: Pick<TorchCall, 'attributes' | 'layer'>,
  name: string,
): readonly number[] => {
  const value = attributes[name]
  if (Array.isArray(value)) return value as readonly number[]
  throw notInPyTorch({ layer }, `has no list ${name}`)
}

/** An axis counted from the front. */
export const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis)
