import { z } from 'zod'
import { allParameterKinds, countParameters, freeze, parameterKinds } from '@graft/network'
import { defineNode } from '../../sdk/define-node.js'
import { modelPort } from '../../sdk/ports.js'
import { rangeFields } from '../support/range-fields.js'
import { atField } from '../support/run-surgery.js'

export const freezeRange = defineNode({
  type: 'freeze-range',
  version: 1,
  title: 'Freeze Range',
  category: 'Model',
  keywords: ['fine-tune', 'fine-tuning', 'unfreeze', 'trainable', 'layers', 'lock'],
  doc: `Keeps a range of layers exactly as they are while the rest trains, or lets them train again.
Put it before Train. Start with everything but the head frozen; for a second phase, let the last stage train again at a rate about ten times smaller. Several in a row compose.
With Kinds, only some of the parameters are meant. Norms and biases alone, a few thousandths of all, move a transformer far and do little harm with little data.
Frozen means frozen: parameters and batch-norm statistics are bit-identical after training, and the report proves it.`,
  inputs: { model: modelPort('The network to freeze parts of.') },
  outputs: {
    model: modelPort('The same network, with another choice of parameters that train.', {
      classesFrom: { port: 'model' },
    }),
  },
  params: z.strictObject({
    action: z
      .enum(['freeze', 'unfreeze'])
      .default('freeze')
      .meta({ title: 'Action', description: 'Keep the range fixed, or let it train.' }),
    ...rangeFields,
    kinds: z
      .array(z.enum(allParameterKinds))
      .default([...allParameterKinds])
      .meta({
        title: 'Kinds',
        description:
          'Which parameters of the range. To train only norms and biases, freeze weights, embeddings and statistics.',
        choiceTitles: Object.fromEntries(Object.entries(parameterKinds).map(([kind, { title }]) => [kind, title])),
      }),
    statistics: z.enum(['frozen', 'batch']).default('frozen').meta({
      title: 'Batch-norm statistics',
      description:
        '`frozen` uses the stored statistics, which never move (safe, and right for small batches). `batch` uses and follows those of each batch.',
    }),
  }),
  async run({ inputs, params: { action, from, to, pattern, kinds, statistics }, context }) {
    const { network } = inputs.model
    const result = atField(pattern === '' ? 'from' : 'pattern', () =>
      freeze(network, { from, to, pattern, frozen: action === 'freeze', statistics, kinds }),
    )
    const { total, trainable } = countParameters(result)
    context.emit({
      type: 'log',
      level: 'info',
      message: `${trainable.toLocaleString('en')} of ${total.toLocaleString('en')} parameters will train.`,
    })
    return { model: { kind: 'model' as const, network: result } }
  },
})
