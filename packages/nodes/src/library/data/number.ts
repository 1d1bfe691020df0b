import { z } from 'zod'
import { defineNode } from '../../sdk/define-node.js'
import { numberPort } from '../../sdk/ports.js'

export const number = defineNode({
  type: 'number',
  version: 1,
  title: 'Number',
  category: 'Data',
  keywords: ['constant', 'value', 'parameter'],
  doc: `Gives one number to as many parameters as you like.
Connect it to a parameter that takes a number, such as the epochs of several Train nodes: change it here, and it changes everywhere.`,
  inputs: {},
  outputs: { number: numberPort('The number as set.') },
  params: z.strictObject({
    value: z.number().default(0).meta({ title: 'Value', description: 'The number to give.' }),
  }),
  run: async ({ params }) => ({ number: params.value }),
})
