import type { Layer, Network, Tensors } from '../../network.js'
import { findOperator } from '../../operators/index.js'
import { resolveAttributes } from '../../resolve-attributes.js'
import { findLayer } from '../edit.js'
import { parameterMaker } from './adapter-parameters.js'
import type { Adapter, AdapterOptions, AdapterParts, AdapterSite, Folded } from './adapter.js'
import { ownKey, tensorOf } from './folding.js'

/**
 * Low-rank adaptation (Hu et al. 2021, arXiv 2106.09685): beside a product with a fixed weight runs one of two thin
 * ones, `W x + alpha / rank * up(down(x))`. `down` starts as a linear layer does, `up` at zero.
 */
export const lora: Adapter = {
  id: 'lora',
  title: 'LoRA',
  description: 'a thin path beside every linear layer and 1x1 convolution',
  ending: '.lora.add',
  detail: ({ rank }) => `of rank ${rank}`,
  suits: (layer, network) =>
    [2, 4].includes(network.parameters[layer.parameters['weight'] ?? '']?.shape.length ?? 0) &&
    (isMatrix(layer) || isPointwise(layer)),
  layersFor: pathBeside,
  fold: foldPath,
}

const isMatrix = (layer: Layer): boolean =>
  findOperator(layer.operator).linear?.weight === 'matrix' &&
  layer.inputs.length === 1 &&
  (layer.attributes['alpha'] ?? 1) === 1

function isPointwise(layer: Layer): boolean {
  if (layer.operator !== 'Conv') return false
  const { kernel_shape: kernel, group, pads } = resolveAttributes(layer)
  const all = (value: unknown, wanted: number): boolean =>
    Array.isArray(value) && value.every((item) => item === wanted)
  return all(kernel, 1) && group === 1 && all(pads, 0)
}

function pathBeside(site: AdapterSite, { rank, alpha, seed }: AdapterOptions): AdapterParts {
  const { layer } = site
  const prefix = `${layer.name}.lora`
  const { parameters, add } = parameterMaker(prefix, seed)
  const [down, up] = productShapes(site, rank)
  const attributes = { down: layer.attributes, up: layer.operator === 'Conv' ? pointwise : layer.attributes }
  const product = (name: 'down' | 'up', from: string, weight: string): Layer => ({
    name: `${prefix}.${name}`,
    operator: layer.operator,
    inputs: [from],
    parameters: { weight },
    attributes: attributes[name],
  })
  const layers: readonly Layer[] = [
    product('down', layer.inputs[0] ?? '', add('down.weight', down, { name: 'linear' })),
    {
      name: `${prefix}.scale`,
      operator: 'Mul',
      inputs: [`${prefix}.down`],
      parameters: { constant: add('scale.constant', [1], { name: 'constant', value: alpha / rank }) },
      attributes: {},
    },
    product('up', `${prefix}.scale`, add('up.weight', up, { name: 'zeros' })),
    {
      name: `${prefix}.add`,
      operator: 'Add',
      inputs: [layer.name, `${prefix}.up`],
      parameters: {},
      attributes: {},
    },
  ]
  return { layers, parameters }
}

const pointwise = { kernel_shape: [1, 1], strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], group: 1 }

/** A Gemm without `transB`, whose weight is `[inputs, outputs]` as MatMul's. */
const readsInputsFirst = (layer: Layer): boolean =>
  findOperator(layer.operator).linear?.outputsLast(resolveAttributes(layer)) ?? false

function productShapes({ layer, shapes }: AdapterSite, rank: number): readonly [number[], number[]] {
  const [first = 0, second = 0, ...kernel] = shapes['weight'] ?? []
  if (readsInputsFirst(layer))
    return [
      [first, rank],
      [rank, second],
    ]
  return [
    [rank, second, ...kernel],
    [first, rank, ...kernel],
  ]
}

/** `weight + alpha / rank * up * down`, in double precision. */
function foldPath(network: Network, tensors: Tensors, last: Layer): Folded | null {
  const [baseName = '', upName = ''] = last.inputs
  const base = findLayer(network, baseName)
  const up = findLayer(network, upName)
  const scale = findLayer(network, up?.inputs[0] ?? '')
  const down = findLayer(network, scale?.inputs[0] ?? '')
  if (!base || !up || !scale || !down) return null
  const weight = tensorOf(tensors, base, 'weight')
  const [outer, inner] = [tensorOf(tensors, up, 'weight'), tensorOf(tensors, down, 'weight')]
  const factor = tensorOf(tensors, scale, 'constant').data[0] ?? 1
  // Rows and columns of the weight as it lies: rows x rank times rank x columns gives them in the same order.
  const [left, right] = readsInputsFirst(base) ? [inner, outer] : [outer, inner]
  const data = plusProduct(weight.data, left.data, right.data, { rank: left.shape[1] ?? 1, factor })
  const key = ownKey(network.layers, base, 'weight')
  return {
    removed: [down.name, scale.name, up.name, last.name],
    changed: [{ ...base, parameters: { ...base.parameters, weight: key } }],
    value: base.name,
    tensors: new Map([[key, { shape: weight.shape, data }]]),
  }
}

function plusProduct(
  values: Float32Array,
  left: Float32Array,
  right: Float32Array,
  { rank, factor }: { readonly rank: number; readonly factor: number },
): Float32Array {
  const columns = right.length / rank
  return values.map((value, index) => {
    const [row, column] = [Math.floor(index / columns), index % columns]
    let sum = 0
    for (let inner = 0; inner < rank; inner++)
      sum += (left[row * rank + inner] ?? 0) * (right[inner * columns + column] ?? 0)
    return value + factor * sum
  })
}
