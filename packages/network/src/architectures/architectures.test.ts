import { describe, expect, it } from 'vitest'
import { validateNetwork } from '../validate-network.js'
import { architectures } from './index.js'
import { faults, fitOf } from './support/recognise.js'
import { storedParameters } from './support/stored-weights.js'

// What every architecture promises; a new one is tested by being listed.
describe.each(architectures.map((architecture) => [architecture.id, architecture] as const))(
  'the architecture %s',
  (id, architecture) => {
    const shapesIn = (layout: string, classes: number | null): Map<string, readonly number[]> =>
      new Map(
        storedParameters(architecture, architecture.build({ classes }), layout, { classes }).flatMap(
          ({ names, shape }) =>
            names.map((name): [string, readonly number[]] => [
              name,
              names.length === 1 ? shape : [(shape[0] ?? 0) / names.length, ...shape.slice(1)],
            ]),
        ),
      )

    it('builds a sound network with stages to cut at, and a head where there are classes', () => {
      const network = architecture.build({ classes: 7 })
      validateNetwork(network)
      const names = network.stages.map(({ name }) => name)
      expect(names.at(-1)).toBe('head')
      expect(names.length).toBeGreaterThan(4)
      expect(network.stages.flatMap(({ layers }) => layers)).toEqual(network.layers.map(({ name }) => name))
      // ONNX has one space of names for both.
      for (const { name } of network.layers) expect(network.parameters).not.toHaveProperty([name])
      const headless = architecture.build({ classes: null })
      validateNetwork(headless)
      expect(headless.stages.map(({ name }) => name)).toEqual(names.slice(0, -1))
    })

    it('knows its own weights in every layout, and how many classes they have', () => {
      for (const layout of architecture.layouts)
        for (const classes of [7, null]) {
          const fit = fitOf(architecture, shapesIn(layout, classes))
          expect(fit && faults(fit), layout).toBe(0)
          expect(fit?.options.classes).toBe(classes)
        }
    })

    it('shares its tensors with none but its family', () => {
      const shapes = shapesIn(architecture.layouts[0] ?? '', 7)
      const others = architectures.filter((other) => other.family !== architecture.family)
      for (const other of others) {
        const fit = fitOf(other, shapes)
        expect(fit !== null && faults(fit) === 0, other.id).toBe(false)
      }
    })

    it('has names of its own', () => {
      const names = architectures.flatMap(({ id: own, aliases }) => [own, ...aliases])
      for (const name of [id, ...architecture.aliases]) expect(names.filter((other) => other === name)).toEqual([name])
    })
  },
)
