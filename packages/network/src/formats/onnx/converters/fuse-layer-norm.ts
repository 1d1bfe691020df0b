import type { Layer } from '../../../network.js'
import type { GraphBuilder } from './graph-builder.js'
import { type Constant, type LayerValue, reshaped } from '../values/graph-value.js'
import type { NodeCall } from '../values/node-call.js'

/** What a standardised value was made from. */
interface Standardised {
  readonly input: LayerValue
  /** First of the axes that were normalised; they reach to the last. */
  readonly axis: number
  readonly epsilon: number
}

/**
 * Before opset 17 there was no LayerNormalization: exporters write nine nodes, the last of which multiply by the scale
 * and add the shift. Given such a product, the normalisation takes the place of all of them (the others fall away when
 * nothing else reads them); null when it is another product.
 */
export function fuseLayerNorm(
  call: NodeCall,
  builder: GraphBuilder,
  value: LayerValue,
  scale: Constant,
): LayerValue | null {
  const found = findStandardised(builder, value)
  if (found === null) return null
  const normalised = found.input.shape.slice(found.axis)
  if (!fits(scale, normalised)) return null
  return builder.emit(call, 'LayerNormalization', [found.input], {
    attributes: { axis: found.axis - found.input.shape.length, epsilon: found.epsilon },
    slots: { scale: { value: reshaped(scale, normalised, scale.origin), trainable: true } },
  })
}

/**
 * What is added to a layer normalisation that has no shift yet is its shift: returns the value, or null when it is
 * something else.
 */
export function fuseShift(builder: GraphBuilder, value: LayerValue, shift: Constant): LayerValue | null {
  const layer = builder.find(value)
  if (layer?.operator !== 'LayerNormalization' || layer.parameters['shift'] !== undefined || !builder.usedOnce(value))
    return null
  const normalised = value.shape.slice(Number(layer.attributes['axis']))
  if (!fits(shift, normalised)) return null
  builder.turnInto(
    value,
    { operator: layer.operator, attributes: layer.attributes },
    { shift: { value: reshaped(shift, normalised, shift.origin), trainable: true } },
  )
  return value
}

/** One number for every normalised position, perhaps behind axes of size 1. */
function fits(operand: Constant, normalised: readonly number[]): boolean {
  return (
    operand.shape.filter((size, axis) => axis >= operand.shape.length - normalised.length || size !== 1).join() ===
    normalised.join()
  )
}

/** Looks for `(x - mean(x)) / sqrt(mean((x - mean(x))^2) + epsilon)`. */
function findStandardised(builder: GraphBuilder, value: LayerValue): Standardised | null {
  const division = reader(builder, value.name)
  const [difference, deviation] = division.inputsOf('Div', 2)
  const [variance, epsilon] = deviation?.inputsOf('Sqrt', 1)[0]?.withNumber('Add') ?? []
  const square = variance?.inputsOf('ReduceMean', 1)[0]
  const [input, mean] = difference?.inputsOf('Sub', 2) ?? []
  const [averaged] = mean?.inputsOf('ReduceMean', 1) ?? []
  if (!difference || !variance || !square || !input || !mean || epsilon === undefined) return null
  const [squared, exponent] = square.withNumber('Pow')
  const isSquare =
    exponent === 2
      ? squared?.name === difference.name
      : square.inputsOf('Mul', 2).every((factor) => factor.name === difference.name) && square.layer?.operator === 'Mul'
  const axis = trailingAxis(mean.layer, builder.shape(input.name).length)
  const sameAxes = axis !== null && axis === trailingAxis(variance.layer, builder.shape(input.name).length)
  if (!isSquare || !sameAxes || averaged?.name !== input.name) return null
  return {
    input: { kind: 'layer', name: input.name, shape: builder.shape(input.name) },
    axis,
    epsilon: Number(epsilon.toPrecision(7)),
  }
}

/** The first axis of a reduction over the last axes that keeps them; null when it is another one. */
function trailingAxis(layer: Layer | undefined, rank: number): number | null {
  const axes = layer?.attributes['axes'] as readonly number[] | undefined
  if (axes === undefined || Number(layer?.attributes['keepdims'] ?? 1) !== 1) return null
  const first = rank - axes.length
  return first > 0 && axes.every((axis, index) => axis === first + index) ? first : null
}

/** A value, looked at from the layers that it was computed by. */
interface Reader {
  readonly name: string
  readonly layer: Layer | undefined
  /** The inputs of its layer if that is this operator on this many computed values; else nothing. */
  inputsOf(operator: string, count: number): readonly Reader[]
  /** The input and the number of its layer if that is this operator with a constant; else nothing. */
  withNumber(operator: string): readonly [Reader, number] | readonly []
}

function reader(builder: GraphBuilder, name: string): Reader {
  const layer = builder.layer(name)
  const inputs = (): readonly Reader[] => (layer?.inputs ?? []).map((input) => reader(builder, input))
  return {
    name,
    layer,
    inputsOf: (operator, count) => (layer?.operator === operator && layer.inputs.length === count ? inputs() : []),
    withNumber: (operator) => {
      const operand = builder.tensors.get(layer?.parameters['constant'] ?? '')?.data
      const [input] = inputs()
      const [number] = operand ?? []
      const isPlain =
        layer?.operator === operator && operand?.length === 1 && Number(layer.attributes['reversed'] ?? 0) === 0
      return isPlain && input !== undefined && number !== undefined ? [input, number] : []
    },
  }
}
