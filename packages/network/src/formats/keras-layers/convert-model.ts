import { fixOf } from '@graft/errors'
import { FormatError } from '../../weight-format.js'
import type { TensorData } from '../../network.js'
import { layerConverters } from './converters/index.js'
import type { LayerCall, LayerConverter } from './converters/layer-converter.js'
import type { GraphBuilder, Value } from './graph-builder.js'
import type { FindWeight, WeightPlace } from './find-weight.js'
import type { KerasFormula, KerasLayer, KerasModel, KerasReference } from './topology.js'

const converters = new Map<string, LayerConverter>(
  layerConverters.flatMap((converter) => converter.classNames.map((className) => [className, converter] as const)),
)

export interface ConversionContext {
  readonly builder: GraphBuilder
  readonly dialect: LayerCall['dialect']
  readonly findWeight: FindWeight
  /** The inner models that are being converted, the outermost first. */
  readonly within?: readonly KerasLayer[]
  /** What is left of the work that a description may ask for. */
  readonly budget?: Budget
}

/**
 * How often a layer is looked at in all: layers may be listed in any order, and inner models called many times, but a
 * description can't ask for hours of work.
 */
const mostLooks = 20_000_000
/** How often layers are called in all; the largest networks that Keras offers have 900 layers. */
const mostCalls = 50_000

interface Budget {
  looks: number
  calls: number
}

function spend(budget: Budget, spent: Budget, model: KerasModel): void {
  budget.looks -= spent.looks
  budget.calls -= spent.calls
  if (budget.looks >= 0 && budget.calls >= 0) return
  throw new FormatError(
    `Model ${model.name} can't be followed in reasonable time: its layers are listed in a strange order, or its inner models are called too often.`,
    'Check that the file is what you expect, and save the model again.',
  )
}

/**
 * Adds a Keras model's layers to the builder, calls in the order in which their inputs become available; returns the
 * values of its outputs.
 */
export function convertModel(
  model: KerasModel,
  inputs: readonly Value[],
  context: ConversionContext,
): readonly Value[] {
  const values = new Map<string, Value>()
  const valueOf = ({ layer, call }: KerasReference): Value | undefined => values.get(`${layer}:${call}`)
  model.inputs.forEach((input, index) => {
    const value = inputs[index]
    if (value) values.set(`${input.layer}:${input.call}`, value)
  })
  const budget = context.budget ?? { looks: mostLooks, calls: mostCalls }
  let open = model.layers
    .filter((layer) => layer.className !== 'InputLayer')
    .flatMap((layer) => layer.calls.map((references, call) => ({ layer, references, call })))
  spend(budget, { looks: 0, calls: open.length }, model)
  while (open.length > 0) {
    spend(budget, { looks: open.length, calls: 0 }, model)
    const waiting = open.filter(({ layer, references, call }) => {
      const ready = references.map(valueOf)
      if (ready.some((value) => value === undefined)) return true
      values.set(
        `${layer.name}:${call}`,
        convertCall(layer, ready as Value[], { ...context, budget }, layer.formulas?.[call]),
      )
      return false
    })
    if (waiting.length === open.length)
      throw unreachable(
        model,
        waiting.map(({ layer }) => layer.name),
      )
    open = waiting
  }
  return model.outputs.map((output) => {
    const value = valueOf(output)
    if (!value) throw unreachable(model, [output.layer])
    return value
  })
}

function unreachable(model: KerasModel, names: readonly string[]): FormatError {
  return new FormatError(
    `Model ${model.name} can't be followed from its input: ${names.slice(0, 5).join(', ')} need values that no layer gives (a cycle, or a name that doesn't exist).`,
    'Save the model again.',
  )
}

function convertCall(
  layer: KerasLayer,
  inputs: readonly Value[],
  context: ConversionContext,
  formula: KerasFormula | undefined,
): Value {
  if (layer.model) {
    const within = [...(context.within ?? []), layer]
    const [value, ...others] = convertModel(layer.model, inputs, { ...context, within })
    if (value && others.length === 0) return value
    throw new FormatError(
      `The inner model ${layer.name} has ${others.length + 1} outputs; one is expected.`,
      'Flatten the model before saving it.',
    )
  }
  const converter = converters.get(layer.className)
  if (!converter) {
    throw new FormatError(
      `Layer ${layer.name} is a ${layer.className}, which can't be represented. Supported are ${[...converters.keys()].join(', ')}.`,
      'Cut the model before this layer, or export it to ONNX and load that.',
    )
  }
  const place = placeOf(layer, context.within ?? [], converter)
  const findWeight = (...names: string[]): TensorData | undefined => context.findWeight(place, names)
  const weight = (...names: string[]): TensorData => {
    const found = findWeight(...names)
    if (found) return found
    throw new FormatError(
      `Layer ${layer.name} (${layer.className}) has no weight ${names.join(' or ')} in the file. Expected ${layer.name}/${names[0]}.`,
      'Save the model again, with its weights.',
    )
  }
  try {
    return converter.convert({
      layer,
      inputs,
      formula,
      builder: context.builder,
      dialect: context.dialect,
      weight,
      findWeight,
    })
  } catch (error) {
    if (error instanceof FormatError || !(error instanceof Error)) throw error
    throw new FormatError(
      `Layer ${layer.name} (${layer.className}) can't be represented: ${error.message}`,
      fixOf(error, 'Cut the model before this layer, or export it to ONNX and load that.'),
      { cause: error },
    )
  }
}

function placeOf(layer: KerasLayer, within: readonly KerasLayer[], converter: LayerConverter): WeightPlace {
  return {
    layer: layer.name,
    within: within.map(({ name }) => name),
    stored: [...within, layer].map(({ stored }) => `layers/${stored}`).join('/'),
    variables: converter.variables?.(layer) ?? [],
  }
}
