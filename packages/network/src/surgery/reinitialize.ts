import type { Initializer, Network, Parameter } from '../network.js'
import type { Shape } from '../operator.js'
import { findOperator } from '../operators/index.js'
import { isStatistic } from '../operators/statistics.js'
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
 * Forgets what the layers of a range have learned: weights come from a seeded initialiser, biases and shifts are zero,
 * scales one, running statistics zero and one, class tokens and positions small random numbers. The layers become
 * trainable, their batch normalisations use batch statistics. Constants of a formula keep their values.
 * @throws NetworkError for a bad range, or when a parameter is shared with a layer outside the range
 */
export function reinitialize(network: Network, options: ReinitializeOptions): Network {
  const names = selectLayers(network, options)
  const inside = new Set(names)
  const learnable = new Set(learnableUses(network, inside).map((use) => use.key))
  const parameters: Record<string, Parameter> = { ...network.parameters }
  for (const use of parameterUses(network.layers.filter((layer) => inside.has(layer.name)))) {
    const parameter = network.parameters[use.key]
    const keeps = !learnable.has(use.key) && !isStatistic(use.role)
    if (!parameter || keeps) continue
    const initializer = initializerOf(use, parameter.shape, options.initializer)
    parameters[use.key] = {
      shape: parameter.shape,
      trainable: learnable.has(use.key),
      source: { kind: 'initializer', initializer, seed: deriveSeed(options.seed, use.key) },
    }
  }
  const result = { ...network, parameters, layers: withStatistics(network.layers, inside, 'batch') }
  return finishEdit(result, `reinitialised ${describeRange(network, options, names)} (seed ${options.seed})`)
}

const embedding: Initializer = { name: 'truncatedNormal', deviation: 0.02 }

function initializerOf(
  { role, slot, layer }: ParameterUse,
  shape: Shape,
  chosen: Initializer | undefined,
): Initializer {
  const { parameters, linear } = findOperator(layer.operator)
  const own = parameters[slot]?.initializer
  if (own) return own
  switch (role) {
    case 'weight':
      return chosen ?? { name: linear?.weight === 'matrix' ? 'linear' : 'heNormal' }
    case 'scale':
    case 'variance':
      return { name: 'ones' }
    case 'embedding':
      return embedding
    case 'bias':
      // What is added along several axes tells places apart: positions.
      return shape.filter((size) => size > 1).length > 1 ? embedding : { name: 'zeros' }
    case 'shift':
    case 'mean':
    case 'constant':
      return { name: 'zeros' }
  }
}
