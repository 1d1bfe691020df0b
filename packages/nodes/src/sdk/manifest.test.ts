import { expect, it } from 'vitest'
import { z } from 'zod'
import { defineNode } from './define-node.js'
import { choiceField, fractionField, pathField, seedField, switchField } from './fields.js'
import { manifestOf } from './manifest.js'
import { datasetPort, modelPort } from './ports.js'

const node = defineNode({
  type: 'made-up',
  version: 2,
  title: 'Made Up',
  category: 'Data',
  doc: 'A node for this test. Nothing else.',
  inputs: { images: datasetPort('Any images.', { optional: true }) },
  outputs: { model: modelPort('A network.', { classesFrom: { port: 'images' } }) },
  params: z.strictObject({
    path: pathField({ title: 'Folder', description: 'Where to look.' }),
    mode: choiceField(['slow', 'fast'], 'fast', { title: 'Mode', description: 'How.' }),
    share: fractionField(0.25, { title: 'Share', description: 'How much.', unit: 'images' }, { max: 0.5 }),
    deep: switchField(false, { title: 'Deep', description: 'Everything.' }),
    seed: seedField('Of the draw.'),
  }),
  migrations: [{ to: 2, name: 'speed became mode', up: (params) => ({ ...params }) }],
  sameClasses: [[{ port: 'images' }, { port: 'model' }]],
  run: () => Promise.reject(new Error('is only described')),
})

it('says in JSON what a form and a check need: types, bounds, defaults, hints, and what can be left out', () => {
  const manifest = manifestOf(node)
  expect(manifest).toMatchObject({
    type: 'made-up',
    version: 2,
    isOutput: false,
    usesEngine: false,
    migrations: ['speed became mode'],
    sameClasses: [[{ port: 'images' }, { port: 'model' }]],
    inputs: { images: { kind: 'dataset', optional: true } },
    params: {
      type: 'object',
      additionalProperties: false,
      required: ['path'],
      properties: {
        path: { type: 'string', minLength: 1, title: 'Folder', description: 'Where to look.', widget: 'path' },
        mode: { enum: ['slow', 'fast'], default: 'fast' },
        share: { type: 'number', minimum: 0, maximum: 0.5, default: 0.25, unit: 'images', widget: 'slider' },
        deep: { type: 'boolean', default: false },
        seed: { type: 'integer', default: 0, advanced: true },
      },
    },
  })
  expect(JSON.parse(JSON.stringify(manifest))).toEqual(manifest)
})
