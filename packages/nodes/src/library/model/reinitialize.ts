import { z } from 'zod'
import { countParameters, reinitialize as withNewWeights } from '@graft/network'
import { defineNode } from '../../sdk/define-node.js'
import { modelPort } from '../../sdk/ports.js'
import { rangeFields } from '../support/range-fields.js'
import { atField } from '../support/run-surgery.js'

export const reinitialize = defineNode({
  type: 'reinitialize',
  version: 1,
  title: 'Reinitialize',
  category: 'Model',
  keywords: ['from scratch', 'random weights', 'reset'],
  doc: `Forgets what a range of layers has learned: fresh random weights, batch norm at its start, everything trainable.
Use it to train from scratch on a large data set that looks nothing like the source, as a control that shows what transfer is worth, or for late stages only.`,
  inputs: { model: modelPort('A network.') },
  outputs: {
    model: modelPort('The same network with fresh weights in the range.', { classesFrom: { port: 'model' } }),
  },
  params: z.strictObject({
    ...rangeFields,
    initializer: z
      .enum(['default', 'heNormal', 'heUniform', 'glorotUniform', 'glorotNormal', 'linear'])
      .default('default')
      .meta({
        title: 'Initializer',
        description: '`default`: He (normal) for convolutions, the usual uniform for linear layers.',
      }),
    seed: z.number().int().min(0).default(0).meta({ title: 'Seed', description: 'Seed of the new weights.' }),
  }),
  async run({ inputs, params: { from, to, pattern, initializer, seed }, context }) {
    const { network } = inputs.model
    const result = atField('from', () =>
      withNewWeights(network, {
        from,
        to,
        pattern,
        ...(initializer !== 'default' && { initializer: { name: initializer } }),
        seed,
      }),
    )
    const fresh = Object.values(result.parameters).filter((parameter) => parameter.source.kind === 'initializer').length
    context.emit({
      type: 'log',
      level: 'info',
      message: `${fresh} of ${Object.keys(result.parameters).length} tensors start fresh; ${countParameters(result).trainable.toLocaleString('en')} parameters will train.`,
    })
    return { model: { kind: 'model' as const, network: result } }
  },
})
