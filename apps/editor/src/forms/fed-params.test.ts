import type { GraphDocument, NodeManifest } from '@graft/graph-schema'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { paramsFor } from './fed-params.js'

const manifest = (title: string, params: z.ZodRawShape, feeds?: string): NodeManifest =>
  ({
    title,
    params: z.toJSONSchema(z.strictObject(params), { io: 'input' }),
    inputs: {},
    outputs: feeds === undefined ? {} : { rate: { kind: 'number', title: 'Rate', description: '', feeds } },
  }) as unknown as NodeManifest

const rate = { learningRate: z.number().default(1).meta({ title: 'Learning rate' }) }
const manifests = new Map([
  ['train', manifest('Train', rate)],
  ['find', manifest('Find', {}, 'learningRate')],
  ['other', manifest('Other', { learningRate: z.string() })],
])
const nodes = {
  find: { type: 'find' },
  head: { type: 'train' },
  tune: { type: 'train', title: 'Fine-tune' },
  text: { type: 'other' },
  unknown: { type: 'gone' },
} as unknown as GraphDocument['nodes']

test('a number is offered to the parameters that it is meant for, not to those that are wired', () => {
  const to = (node: string): GraphDocument['edges'] =>
    [{ from: { node: 'find', port: 'rate' }, to: { node, port: 'learningRate' } }] as unknown as GraphDocument['edges']
  expect(paramsFor({ nodes, edges: [] }, manifests, 'find', 'learningRate').map(({ label }) => label)).toEqual([
    'Train: Learning rate',
    'Fine-tune: Learning rate',
  ])
  expect(paramsFor({ nodes, edges: to('head') }, manifests, 'find', 'learningRate').map(({ node }) => node)).toEqual([
    'tune',
  ])
})
