import { expect, expectTypeOf, it } from 'vitest'
import type { DatasetValue, MetricsValue } from '@graft/graph-schema'
import { z } from 'zod'
import type { NodeDefinition } from './define-node.js'
import { definePlugin, definePluginNode } from './define-plugin.js'
import { datasetPort, metricsPort, modelPort, numberPort, portKind } from './ports.js'
import type { InputValues, OutputValues, Ports } from './port-values.js'
import type { ModelValue } from './values.js'

const pointsPort = portKind('corners/points', 'Points', z.array(z.object({ x: z.number(), y: z.number() })))
const described = { type: 'n', version: 1, title: 'N', category: 'Data', doc: 'Is for a test.' } as const
const inputs = {
  model: modelPort('A network.'),
  images: datasetPort('Images.', { optional: true }),
  metrics: metricsPort('Results.', { multiple: true, optional: true }),
  points: pointsPort('Corners.'),
}

it('types what run finds at its inputs by the ports: one value, perhaps none, or a list', () => {
  expectTypeOf<InputValues<typeof inputs>['model']>().toEqualTypeOf<ModelValue>()
  expectTypeOf<InputValues<typeof inputs>['images']>().toEqualTypeOf<DatasetValue | undefined>()
  expectTypeOf<InputValues<typeof inputs>['metrics']>().toEqualTypeOf<readonly MetricsValue[]>()
  expectTypeOf<InputValues<typeof inputs>['points']>().toEqualTypeOf<{ x: number; y: number }[]>()
  expectTypeOf<InputValues<Ports>>().toMatchTypeOf<Readonly<Record<string, unknown>>>()
})

it('types what run has to give by the outputs', () => {
  const outputs = { value: numberPort('A number.'), points: pointsPort('Corners.') }
  expectTypeOf<OutputValues<typeof outputs>>().toEqualTypeOf<{
    readonly value: number
    readonly points: { x: number; y: number }[]
  }>()
  const node = definePluginNode({
    ...described,
    inputs: {},
    outputs,
    params: z.strictObject({}),
    // @ts-expect-error a text is not a number
    run: async () => ({ value: 'one', points: [] }),
  })
  expectTypeOf(node).toExtend<NodeDefinition>()
})

it('promises a plugin no engine and no folder', () => {
  const node = definePluginNode({
    ...described,
    inputs,
    outputs: { value: numberPort('A number.') },
    params: z.strictObject({}),
    run: async ({ context, inputs: given }) => {
      // @ts-expect-error plugins get no engine
      void context.engines
      // @ts-expect-error nor a folder
      void context.cacheDirectory
      return { value: given.points.length }
    },
  })
  expect(definePlugin({ nodes: [node] }).nodes).toEqual([node])
})

it("makes ports of a plugin's own kind, with the schema of their values", () => {
  expect(pointsPort('Corners.', { title: 'Where' })).toMatchObject({
    kind: 'corners/points',
    title: 'Where',
    description: 'Corners.',
    schema: { type: 'array', items: { type: 'object', required: ['x', 'y'] } },
  })
})
