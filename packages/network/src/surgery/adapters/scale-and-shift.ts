import type { Layer, Network, TensorData, Tensors } from '../../network.js'
import type { LinearTrait } from '../../operator.js'
import { findOperator } from '../../operators/index.js'
import { resolveAttributes } from '../../resolve-attributes.js'
import { findLayer } from '../edit.js'
import { parameterMaker } from './adapter-parameters.js'
import type { Adapter, AdapterParts, AdapterSite, Folded } from './adapter.js'
import { ownKey, scaleAlong, tensorOf } from './folding.js'

/**
 * Scaling and shifting of features (Lian et al. 2022, arXiv 2210.08823): after every product and every normalisation,
 * `gamma * x + beta` per channel. Starts at one and zero. Not between a product and the batch normalisation that follows
 * it, since one after both can do the same.
 */
export const scaleAndShift: Adapter = {
  id: 'scale-and-shift',
  title: 'Scale and shift',
  description: 'a scale and a shift per channel after every product and normalisation',
  ending: '.ssf.shift',
  suits: (layer, network) => channelsOf(layer, network) !== null && !goesOn(layer, network),
  layersFor: scaleAfter,
  fold: foldScale,
}

const normalisations: ReadonlySet<string> = new Set([
  'BatchNormalization',
  'LayerNormalization',
  'GroupNormalization',
  'InstanceNormalization',
])

/** Where the channels of a layer's value are; null: no layer to adapt. */
function channelsOf(layer: Layer, network: Network): 'first' | 'last' | null {
  const shapeOf = (slot: string): readonly number[] => network.parameters[layer.parameters[slot] ?? '']?.shape ?? []
  const { linear } = findOperator(layer.operator)
  if (linear) return productChannels(layer, linear, shapeOf)
  if (productBefore(layer, network) !== null) return 'last'
  if (!normalisations.has(layer.operator) || shapeOf('scale').length !== 1) return null
  return layer.operator === 'LayerNormalization' ? 'last' : 'first'
}

function productChannels(
  layer: Layer,
  { weight }: LinearTrait,
  shapeOf: (slot: string) => readonly number[],
): 'first' | 'last' | null {
  const isPlain = (layer.attributes['beta'] ?? 1) === 1 && shapeOf('bias').length <= 1
  if (shapeOf('weight').length !== (weight === 'kernel' ? 4 : 2) || !isPlain) return null
  return weight === 'kernel' ? 'first' : 'last'
}

/** The only layer that reads the value; null: none or several. */
function onlyReader(name: string, network: Network): Layer | null {
  const readers = network.layers.filter((other) => other.inputs.includes(name))
  return readers.length === 1 && network.output !== name ? (readers[0] ?? null) : null
}

/** The MatMul whose bias this layer adds: it has no slot for one. */
function productBefore(layer: Layer, network: Network): Layer | null {
  if (layer.operator !== 'Add' || layer.parameters['operand'] === undefined) return null
  if (network.parameters[layer.parameters['operand']]?.shape.length !== 1) return null
  const product = findLayer(network, layer.inputs[0] ?? '')
  if (product?.operator !== 'MatMul' || product.parameters['weight'] === undefined) return null
  return onlyReader(product.name, network)?.name === layer.name ? product : null
}

/** Whether what only reads this product is its bias or a batch normalisation: the adapter comes after that. */
function goesOn(layer: Layer, network: Network): boolean {
  const reader = onlyReader(layer.name, network)
  if (reader === null || findOperator(layer.operator).linear === undefined) return false
  return reader.operator === 'BatchNormalization' || productBefore(reader, network) !== null
}

function scaleAfter({ layer, output, network }: AdapterSite): AdapterParts {
  const prefix = `${layer.name}.ssf`
  const { parameters, add } = parameterMaker(prefix, 0)
  const [, channels = 1, ...rest] = output
  const shape = channelsOf(layer, network) === 'first' ? [channels, ...rest.map(() => 1)] : [output.at(-1) ?? 1]
  const step = (name: string, operator: string, from: string, value: 'ones' | 'zeros'): Layer => ({
    name: `${prefix}.${name}`,
    operator,
    inputs: [from],
    parameters: { operand: add(`${name}.operand`, shape, { name: value }) },
    attributes: {},
  })
  return {
    layers: [step('scale', 'Mul', layer.name, 'ones'), step('shift', 'Add', `${prefix}.scale`, 'zeros')],
    parameters,
  }
}

/** Into the weights and bias of the product, or the scale and shift of the normalisation, before it. */
function foldScale(network: Network, tensors: Tensors, last: Layer): Folded | null {
  const scale = findLayer(network, last.inputs[0] ?? '')
  const base = findLayer(network, scale?.inputs[0] ?? '')
  if (!scale || !base || !scale.name.endsWith('.ssf.scale')) return null
  const product = productBefore(base, network)
  const parts: readonly Part[] | null =
    product === null
      ? partsOf(base)
      : [
          { layer: product, slot: 'weight' },
          { layer: base, slot: 'operand', adds: true },
        ]
  if (parts === null) return null
  const factors = tensorOf(tensors, scale, 'operand').data
  const shifts = tensorOf(tensors, last, 'operand').data
  const values: Tensors = new Map()
  const changed = new Map<string, Layer>()
  for (const { layer, slot, adds } of parts) {
    const key = ownKey(network.layers, layer, slot)
    const old = layer.parameters[slot] === undefined ? null : tensorOf(tensors, layer, slot)
    values.set(key, adds || old === null ? shifted(old, factors, shifts) : scaleAlong(old, outputAxis(layer), factors))
    const before = changed.get(layer.name) ?? layer
    changed.set(layer.name, { ...before, parameters: { ...before.parameters, [slot]: key } })
  }
  const removed = [scale.name]
  if (parts.some(({ adds }) => adds)) removed.push(last.name)
  else changed.set(last.name, { ...last, inputs: [base.name] })
  return { removed, changed: [...changed.values()], value: base.name, tensors: values }
}

/** A parameter that takes up the adapter's scale, and its shift too where that is what it adds. */
interface Part {
  readonly layer: Layer
  readonly slot: string
  readonly adds?: boolean
}

/** A product without a slot for a bias takes up the scale only: the shift stays behind as its bias. */
function partsOf(layer: Layer): readonly Part[] | null {
  const operator = findOperator(layer.operator)
  const bias: readonly Part[] = operator.parameters['bias'] ? [{ layer, slot: 'bias', adds: true }] : []
  if (operator.linear) return [{ layer, slot: 'weight' }, ...bias]
  if (!normalisations.has(layer.operator)) return null
  return [
    { layer, slot: 'scale' },
    { layer, slot: 'shift', adds: true },
  ]
}

const outputAxis = (layer: Layer): number =>
  findOperator(layer.operator).linear?.outputsLast(resolveAttributes(layer)) === true ? 1 : 0

const shifted = (old: TensorData | null, factors: Float32Array, shifts: Float32Array): TensorData => ({
  shape: old?.shape ?? [factors.length],
  data: factors.map((factor, index) => factor * (old?.data[index] ?? 0) + (shifts[index] ?? 0)),
})
