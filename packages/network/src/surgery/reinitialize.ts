import type { Initializer, Network, Parameter } from '../network.js'
import { deriveSeed } from '../values/random.js'
import { finishEdit } from './edit.js'
import { learnableUses, withStatistics } from './freeze.js'
import { describeRange, type LayerRange, selectLayers } from './layer-range.js'
import { type ParameterUse, parameterUses } from './parameter-roles.js'

export interface ReinitializeOptions extends LayerRange {
  /** For weights; default: `heNormal` for convolutions, `linear` for Gemm and MatMul. */
  readonly initializer?: Initializer
  readonly seed: number
}

/**
 * Forgets what the layers of a range have learned: weights come from a seeded initialiser, biases and shifts are zero, scales one, running
 * statistics zero and one. The layers become trainable, their batch normalisations use batch statistics. Learned operands of
 * arithmetic layers (`x + constant`) keep their values, for nothing says what they mean.
 * @throws NetworkError for a bad range, or when a parameter is shared with a layer outside the range
 */
export function reinitialize(network: Network, options: ReinitializeOptions): Network {
  const names = selectLayers(network, options)
  const inside = new Set(names)
  const learnable = new Set(learnableUses(network, inside).map((use) => use.key))
  const parameters: Record<string, Parameter> = { ...network.parameters }
  for (const use of parameterUses(network.layers.filter((layer) => inside.has(layer.name)))) {
    const parameter = network.parameters[use.key]
    if (!parameter || use.slot === 'operand') continue
    const initializer = initializerOf(use, options.initializer)
    parameters[use.key] = { shape: parameter.shape, trainable: learnable.has(use.key), source: { kind: 'initializer', initializer, seed: deriveSeed(options.seed, use.key) } }
  }
  const result = { ...network, parameters, layers: withStatistics(network.layers, inside, 'batch') }
  return finishEdit(result, `reinitialised ${describeRange(network, options, names)} (seed ${options.seed})`)
}

function initializerOf({ role, slot, layer }: ParameterUse, chosen: Initializer | undefined): Initializer {
  if (slot === 'slope') return { name: 'constant', value: 0.25 }
  if (slot === 'token') return { name: 'truncatedNormal', deviation: 0.02 }
  switch (role) {
    case 'weight':
      return chosen ?? { name: layer.operator === 'Gemm' || layer.operator === 'MatMul' ? 'linear' : 'heNormal' }
    case 'scale':
    case 'variance':
      return { name: 'ones' }
    case 'bias':
    case 'shift':
    case 'mean':
      return { name: 'zeros' }
  }
}
