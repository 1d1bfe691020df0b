import { fixOf, reasonOf, reportFix } from '@graft/errors'
import { inferShapes } from './infer-shapes.js'
import { NetworkError } from './network-error.js'
import type { AttributeValue, Layer, Network } from './network.js'
import type { Operator, Shape } from './operator.js'
import { findOperator, operators } from './operators/index.js'
import { keepsStatistics } from './operators/statistics.js'

/**
 * Checks everything the rest of Graft relies on: unique names, topological order, known operators with the right number
 * of inputs, known and well-typed attributes, known parameter slots, parameters that exist and are used, stages that
 * partition the layers in order, shapes that fit for any batch size. Throws NetworkError for the first fault.
 */
export function validateNetwork(network: Network): void {
  checkNames(network)
  for (const layer of network.layers) checkLayer(network, layer)
  checkParametersUsed(network)
  checkStages(network)
  checkShapes(network)
}

function checkNames(network: Network): void {
  if (network.layers.length === 0)
    throw fault(network, 'has no layers', 'at least one', 'Read it again, or cut it later.')
  const before = new Set([network.input.name])
  for (const { name, inputs } of network.layers) {
    if (before.has(name))
      throw fault(
        network,
        `uses the name '${name}' twice`,
        'a name of its own for the input and every layer',
        'Rename one of them.',
      )
    const missing = inputs.find((input) => !before.has(input))
    if (missing !== undefined)
      throw fault(
        network,
        `has a layer '${name}' that reads '${missing}'`,
        'the network input or an earlier layer',
        'List the layers in topological order, or correct the name.',
      )
    before.add(name)
  }
  if (network.output === network.input.name || !before.has(network.output))
    throw fault(network, `names '${network.output}' as its output`, 'the name of a layer', 'Correct the output.')
}

function checkLayer(network: Network, layer: Layer): void {
  const operator = operatorOf(layer)
  const [least, most] = typeof operator.arity === 'number' ? [operator.arity, operator.arity] : operator.arity
  if (layer.inputs.length < least || layer.inputs.length > most) {
    const expected =
      least === most ? `${least}` : most === Number.MAX_SAFE_INTEGER ? `at least ${least}` : `${least} to ${most}`
    throw layerFault(layer, `has ${layer.inputs.length} data inputs`, expected, 'Connect that many layers.')
  }
  checkAttributes(operator, layer)
  checkSlots(network, operator, layer)
  if (layer.statistics !== undefined && !keepsStatistics(operator))
    throw layerFault(
      layer,
      "has 'statistics'",
      `it on ${operators
        .filter(keepsStatistics)
        .map(({ name }) => name)
        .join(', ')} only`,
      'Remove it from this layer.',
    )
}

function operatorOf(layer: Layer): Operator {
  try {
    return findOperator(layer.operator)
  } catch (error) {
    throw new NetworkError(`Layer '${layer.name}': ${reasonOf(error)}`, fixOf(error, reportFix), { cause: error })
  }
}

function checkAttributes(operator: Operator, layer: Layer): void {
  for (const [name, value] of Object.entries(layer.attributes)) {
    const standard = operator.attributes[name]
    if (standard === undefined) {
      const known = Object.keys(operator.attributes)
      throw layerFault(
        layer,
        `has the attribute '${name}'`,
        known.length > 0 ? `only ${known.join(', ')}` : 'none',
        'Remove it, or express what it does with another operator.',
      )
    }
    const problem = standard === null ? null : typeProblem(standard, value)
    if (problem !== null)
      throw layerFault(layer, `has ${name} = ${JSON.stringify(value)}`, problem, `Correct '${name}'.`)
  }
  for (const [name, standard] of Object.entries(operator.attributes)) {
    if (standard === null && layer.attributes[name] === undefined)
      throw layerFault(layer, `lacks the attribute '${name}'`, 'a value, since it has no default', `Set '${name}'.`)
  }
}

/** What an attribute must be, going by its default; null when it is. */
function typeProblem(standard: AttributeValue, value: AttributeValue): string | null {
  if (Array.isArray(standard))
    return Array.isArray(value) && value.every((entry) => Number.isFinite(entry)) ? null : 'a list of numbers'
  if (typeof standard === 'string') return typeof value === 'string' ? null : 'text'
  return (typeof value === 'number' && !Number.isNaN(value)) || typeof value === 'boolean' ? null : 'a number'
}

function checkSlots(network: Network, operator: Operator, layer: Layer): void {
  const slots = Object.entries(operator.parameters)
  for (const [slot, key] of Object.entries(layer.parameters)) {
    if (operator.parameters[slot] === undefined)
      throw layerFault(
        layer,
        `has a parameter in slot '${slot}'`,
        slots.length > 0 ? `only ${slots.map(([name]) => name).join(', ')}` : 'none',
        'Remove it or correct the slot.',
      )
    if (network.parameters[key] === undefined)
      throw layerFault(
        layer,
        `uses the parameter '${key}'`,
        "a name in the network's parameters",
        'Add the parameter or correct the name.',
      )
  }
  const missing = slots.find(([slot, { optional }]) => optional !== true && layer.parameters[slot] === undefined)
  if (missing !== undefined) throw layerFault(layer, `has no parameter in slot '${missing[0]}'`, 'one', 'Add it.')
}

function checkParametersUsed(network: Network): void {
  const used = new Set(network.layers.flatMap((layer) => Object.values(layer.parameters)))
  const unused = Object.keys(network.parameters).filter((key) => !used.has(key))
  if (unused.length > 0)
    throw fault(
      network,
      `has parameters that no layer uses: ${unused.slice(0, 5).join(', ')}${unused.length > 5 ? ` and ${unused.length - 5} more` : ''}`,
      'every parameter in a layer',
      'Remove them.',
    )
}

function checkStages(network: Network): void {
  const staged = network.stages.flatMap((stage) => stage.layers)
  const index = network.layers.findIndex((layer, position) => layer.name !== staged[position])
  if (index !== -1 || staged.length !== network.layers.length) {
    const name = network.layers[index]?.name ?? staged[network.layers.length] ?? ''
    throw fault(
      network,
      `has stages that go wrong at '${name}'`,
      'every layer in exactly one stage, in the order of the layers',
      'Assign the layers to stages again.',
    )
  }
  const names = network.stages.map((stage) => stage.name)
  const twice = names.find((name, position) => names.indexOf(name) !== position)
  if (twice !== undefined)
    throw fault(network, `has two stages named '${twice}'`, 'different names', 'Rename one of them.')
  const empty = network.stages.find((stage) => stage.layers.length === 0)
  if (empty !== undefined)
    throw fault(network, `has an empty stage '${empty.name}'`, 'at least one layer in every stage', 'Remove the stage.')
  if (network.head !== null && names.at(-1) !== 'head')
    throw fault(
      network,
      `has a head with class names, but its last stage is '${String(names.at(-1))}'`,
      "a last stage 'head'",
      'Name the stage of the classifier head, or drop the class names.',
    )
}

/** Two batch sizes, so that a shape recorded for one batch size is found here and not in the middle of a run. */
function checkShapes(network: Network): void {
  inferShapes(network, 1)
  const batch = 3
  const output: Shape = inferShapes(network, batch).get(network.output) ?? []
  if (output[0] !== batch)
    throw fault(
      network,
      `gives [${output.join(', ')}] for a batch of ${batch}`,
      'the batch as the first axis of the output',
      'Export the network with a dynamic batch axis.',
    )
  const classes = network.head?.names.length
  if (classes !== undefined && (output.length !== 2 || output[1] !== classes)) {
    throw fault(
      network,
      `gives [${output.join(', ')}] for a batch of ${batch}, but has ${classes} class names`,
      `[${batch}, ${classes}]`,
      'Correct the class names, or add a head for these classes.',
    )
  }
}

function fault(network: Network, happened: string, expected: string, fix: string): NetworkError {
  return new NetworkError(`Network '${network.name}' ${happened}. Expected ${expected}.`, fix)
}

function layerFault(layer: Layer, happened: string, expected: string, fix: string): NetworkError {
  return new NetworkError(`Layer '${layer.name}' (${layer.operator}) ${happened}. Expected ${expected}.`, fix)
}
