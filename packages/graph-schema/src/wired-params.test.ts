import { expect, it } from 'vitest'
import { z } from 'zod'
import { parseManifest } from './manifest.js'
import { inputPort, parameterPorts, wiredParams } from './wired-params.js'

const manifest = parseManifest({
  type: 'train',
  version: 1,
  title: 'Train',
  category: 'Training',
  doc: 'Trains.',
  inputs: { rate: { kind: 'model', title: 'Rate', description: 'Hides the parameter of its name.' } },
  outputs: {},
  params: z.toJSONSchema(
    z.strictObject({
      epochs: z.int().min(1).default(10).meta({ title: 'Epochs', description: 'How often.' }),
      rate: z.number(),
      limit: z.number().nullable().default(null),
      name: z.string(),
      mode: z.enum(['fast', 'slow']),
      hidden: z.array(z.number()),
    }),
    { io: 'input' },
  ),
})

it('is offered for parameters whose type allows a number, and for no others', () => {
  expect(Object.keys(parameterPorts(manifest))).toEqual(['epochs', 'limit'])
  expect(inputPort(manifest, 'epochs')).toEqual({
    kind: 'number',
    title: 'Epochs',
    description: 'How often.',
    optional: true,
  })
})

it('gives way to an input of the same name', () => {
  expect(inputPort(manifest, 'rate')?.kind).toBe('model')
  expect(inputPort(manifest, 'constructor')).toBeUndefined()
})

it('counts the wires that end at parameters', () => {
  const edges = ['epochs', 'rate', 'epochs'].map((port) => ({
    from: { node: 'a', port: 'number' },
    to: { node: 'train', port },
  }))
  expect(wiredParams({ edges }, 'train', manifest)).toEqual(['epochs'])
})
