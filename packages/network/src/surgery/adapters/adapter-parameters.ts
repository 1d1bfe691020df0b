import type { Initializer, Network, Parameter } from '../../network.js'
import type { Shape } from '../../operator.js'
import { deriveSeed } from '../../values/random.js'

export interface ParameterMaker {
  readonly parameters: Network['parameters']
  /** Adds a parameter `PREFIX.NAME` and returns its key. Constants don't train. */
  add(name: string, shape: Shape, initializer: Initializer): string
}

/** Collects the parameters of an adapter; each gets a seed of its own. */
export function parameterMaker(prefix: string, seed: number): ParameterMaker {
  const parameters: Record<string, Parameter> = {}
  return {
    parameters,
    add: (name, shape, initializer) => {
      const key = `${prefix}.${name}`
      const trainable = initializer.name !== 'constant'
      parameters[key] = { shape, trainable, source: { kind: 'initializer', initializer, seed: deriveSeed(seed, key) } }
      return key
    },
  }
}
