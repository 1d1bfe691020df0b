import { operators } from '@graft/network'
import { describe, it } from 'vitest'
import type { Engine } from '../engine.js'
import type { ConformanceCase } from './conformance-case.js'
import { holdGradients, holdValues } from './hold-operator.js'

/**
 * Holds an engine to every case of every operator: values like the reference's, in evaluation and in training, gradients
 * like the reference's and like finite differences. `trains`: does it train at all?
 */
export function describeOperators(
  engine: Engine,
  reference: Engine,
  cases: readonly ConformanceCase[],
  trains: boolean,
): void {
  const names = operators.map(({ name }) => name).filter((name) => cases.some(({ operator }) => operator === name))
  describe.each(names)('%s', (name) => {
    const own = cases.filter(({ operator }) => operator === name)
    it.each(own.map((entry) => [entry.title, entry] as const))('gives the right values: %s', (_, entry) =>
      holdValues(engine, reference, entry),
    )
    const trained = trains ? own.filter((entry) => entry.withoutGradient === undefined) : []
    it.each(trained.map((entry) => [entry.title, entry] as const))('has the right gradients: %s', (_, entry) =>
      holdGradients(engine, reference, entry),
    )
  })
}
