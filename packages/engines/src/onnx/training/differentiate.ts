import { must } from '@graft/errors'
import { findOperator, inferShapes, onnxNodes, resolveAttributes } from '@graft/network'
import type { Layer, Network, OnnxCall, OnnxNode, Shape } from '@graft/network'
import { EngineError } from '../../engine.js'
import { findTrainingRule } from '../operators/index.js'
import type { GradientCall, TrainingCall } from '../operators/support/training-rule.js'
import { foldNormalisations } from './fold-normalisation.js'
import { joinSwish } from './join-swish.js'
import { poolBeforeRectifying } from './pool-first.js'
import type { TrainingGraph } from './training-graph.js'

export interface DifferentiateOptions {
  readonly graph: TrainingGraph
  readonly network: Network
  readonly batch: number
  /** Name of a parameter's value in the graph. */
  readonly parameter: (name: string) => string
  /** Parameters whose gradients are wanted. */
  readonly wanted: ReadonlySet<string>
  /** Also differentiate by the network's input. */
  readonly wantsInput?: boolean
}

export interface ForwardPass {
  /** Name and shape of the network's result. */
  readonly output: string
  readonly shape: Shape
  /** New values of parameters that the optimizer doesn't step, by parameter name. */
  readonly updates: ReadonlyMap<string, string>
  /**
   * Writes the backward pass from the gradient of the result; gradients by parameter name, and the input's where it was
   * wanted.
   */
  backward(gradient: string): { readonly parameters: ReadonlyMap<string, string>; readonly input: string | undefined }
}

/**
 * Writes a network's forward pass in training mode and, on demand, its reverse-mode derivative: layers in reverse
 * order, only those on a way from something wanted to the result. Throws EngineError when such a layer's operator has
 * no gradient rule.
 */
export function differentiate(options: DifferentiateOptions): ForwardPass {
  const folding = foldNormalisations(
    options.graph,
    joinSwish(poolBeforeRectifying(options.network)),
    options.wanted,
    options.parameter,
  )
  const pass = differentiateLayers({
    ...options,
    network: folding.network,
    wanted: folding.wanted,
    parameter: folding.parameter,
  })
  return {
    ...pass,
    backward: (gradient) => {
      const { parameters, input } = pass.backward(gradient)
      return { input, parameters: folding.unfold(parameters) }
    },
  }
}

function differentiateLayers(options: DifferentiateOptions): ForwardPass {
  const { graph, network, batch } = options
  const shapes = inferShapes(network, batch)
  const layers = neededLayers(network)
  checkRules(network, layers, options)
  const values = new Map([[network.input.name, network.input.name]])
  const updates = new Map<string, string>()
  const calls = new Map<string, TrainingCall>()
  for (const layer of layers) {
    const call = trainingCall(layer, options, shapes, values, updates)
    calls.set(layer.name, call)
    values.set(
      layer.name,
      graph.within(layer.name, () => writeForward(graph, call)),
    )
  }
  return {
    output: valueOf(values, network.output),
    shape: shapeOf(shapes, network.output),
    updates,
    backward: (gradient) => writeBackward(options, layers, calls, values, gradient),
  }
}

const valueOf = (values: ReadonlyMap<string, string>, name: string): string =>
  must(values.get(name), `the value of layer '${name}' in the training step`)

const shapeOf = (shapes: ReadonlyMap<string, Shape>, name: string): Shape =>
  must(shapes.get(name), `the shape of layer '${name}'`)

function checkRules(
  network: Network,
  layers: readonly Layer[],
  { wanted, wantsInput = false }: DifferentiateOptions,
): void {
  const onPath = layersOnPath(network, layers, wanted, wantsInput)
  const missing = layers.find((layer) => onPath.has(layer.name) && !findTrainingRule(layer.operator))
  if (!missing) return
  throw new EngineError(
    `Layer "${missing.name}" is a ${missing.operator}, through which the onnx engine can't compute gradients.`,
    'Train with the tfjs engine, or freeze everything up to this layer.',
  )
}

function neededLayers(network: Network): readonly Layer[] {
  const needed = new Set([network.output])
  for (const layer of [...network.layers].reverse())
    if (needed.has(layer.name)) for (const input of layer.inputs) needed.add(input)
  return network.layers.filter((layer) => needed.has(layer.name))
}

/** Layers whose value depends on something wanted. */
function layersOnPath(
  network: Network,
  layers: readonly Layer[],
  wanted: ReadonlySet<string>,
  wantsInput: boolean,
): ReadonlySet<string> {
  const onPath = new Set(wantsInput ? [network.input.name] : [])
  for (const layer of layers) {
    const depends =
      Object.values(layer.parameters).some((name) => wanted.has(name)) || layer.inputs.some((name) => onPath.has(name))
    if (depends) onPath.add(layer.name)
  }
  return onPath
}

function trainingCall(
  layer: Layer,
  options: DifferentiateOptions,
  shapes: ReadonlyMap<string, Shape>,
  values: ReadonlyMap<string, string>,
  updates: Map<string, string>,
): TrainingCall {
  const slots = Object.entries(layer.parameters)
  return {
    layer,
    attributes: resolveAttributes(layer),
    build: options.graph,
    inputs: layer.inputs.map((name) => valueOf(values, name)),
    inputShapes: layer.inputs.map((name) => shapeOf(shapes, name)),
    // Running statistics that layers share move once for each, as they do in PyTorch.
    parameters: Object.fromEntries(slots.map(([slot, name]) => [slot, updates.get(name) ?? options.parameter(name)])),
    parameterShapes: Object.fromEntries(
      slots.map(([slot, name]) => [slot, must(options.network.parameters[name], `the parameter "${name}"`).shape]),
    ),
    outputShape: shapeOf(shapes, layer.name),
    updateParameter: (slot, value) => {
      const name = layer.parameters[slot]
      if (name !== undefined) updates.set(name, value)
    },
  }
}

function writeForward(graph: TrainingGraph, call: TrainingCall): string {
  const rule = findTrainingRule(call.layer.operator)
  if (rule?.forward) return rule.forward(call)
  const result = `${call.layer.name}/result`
  const onnxCall: OnnxCall = {
    layer: call.layer,
    attributes: call.attributes,
    inputs: call.inputs,
    parameters: call.parameters,
    output: result,
    inputShapes: call.inputShapes,
    outputShape: call.outputShape,
    integers: (_, values) => graph.integers(values),
    floats: (_, shape, values) => graph.floats(shape, values),
  }
  return writeNodes(graph, onnxNodes(findOperator(call.layer.operator), onnxCall), result)
}

/** Writes an operator's own nodes under names of the graph. */
function writeNodes(graph: TrainingGraph, nodes: readonly OnnxNode[], result: string): string {
  const renamed = new Map<string, string>()
  for (const node of nodes) {
    const outputs = graph.addMany(
      node.operator,
      node.inputs.map((name) => renamed.get(name) ?? name),
      node.outputs.length,
      node.attributes,
      node.domain,
    )
    node.outputs.forEach((name, index) =>
      renamed.set(name, must(outputs[index], `output ${index} of ${node.operator}`)),
    )
  }
  return must(renamed.get(result), `the node that computes ${result}`)
}

function writeBackward(
  { graph, network, wanted, wantsInput = false }: DifferentiateOptions,
  layers: readonly Layer[],
  calls: ReadonlyMap<string, TrainingCall>,
  values: ReadonlyMap<string, string>,
  gradient: string,
): ReturnType<ForwardPass['backward']> {
  const onPath = layersOnPath(network, layers, wanted, wantsInput)
  const pending = new Map<string, string[]>([[network.output, [gradient]]])
  const parameters = new Map<string, string[]>()
  for (const layer of [...layers].reverse()) {
    const call = calls.get(layer.name)
    const parts = pending.get(layer.name)
    const rule = findTrainingRule(layer.operator)
    if (!call || !parts || !rule || !onPath.has(layer.name)) continue
    graph.within(`${layer.name}/gradient`, () => {
      const needsParameter = new Set(
        Object.entries(layer.parameters).flatMap(([slot, name]) => (wanted.has(name) ? [slot] : [])),
      )
      const gradientCall: GradientCall = {
        ...call,
        output: valueOf(values, layer.name),
        gradient: sum(graph, parts),
        needsInput: layer.inputs.map((name) => onPath.has(name)),
        needsParameter,
      }
      const gradients = rule.gradient(gradientCall)
      layer.inputs.forEach((name, index) =>
        push(pending, onPath.has(name) ? name : undefined, gradients.inputs?.[index]),
      )
      for (const slot of needsParameter) push(parameters, layer.parameters[slot], gradients.parameters?.[slot])
    })
  }
  const inputParts = pending.get(network.input.name)
  return {
    parameters: new Map([...parameters].map(([name, parts]) => [name, sum(graph, parts)])),
    input: wantsInput && inputParts ? sum(graph, inputParts) : undefined,
  }
}

function push(into: Map<string, string[]>, name: string | undefined, value: string | undefined): void {
  if (name === undefined || value === undefined) return
  const list = into.get(name)
  if (list) list.push(value)
  else into.set(name, [value])
}

/** The sum of the gradients that a value gets from all its uses. */
function sum(graph: TrainingGraph, parts: readonly string[]): string {
  // Two by two: onnxruntime's `Sum` takes three times as long.
  return parts.reduce((total, part) => graph.add('Add', [total, part]))
}
