import { z } from 'zod'
import { adapters, addAdapters as withAdapters, countParameters } from '@graft/network'
import { defineNode } from '../../sdk/define-node.js'
import { modelPort } from '../../sdk/ports.js'
import { rangeFields } from '../support/range-fields.js'
import { atField } from '../support/run-surgery.js'

const ids = adapters.map(({ id }) => id)

export const addAdapters = defineNode({
  type: 'add-adapters',
  version: 1,
  title: 'Add Adapters',
  category: 'Model',
  keywords: ['LoRA', 'low rank', 'SSF', 'PEFT', 'parameter-efficient', 'fine-tune', 'fine-tuning'],
  doc: `Puts a few new parameters beside the layers of the backbone, which learn in their place: the backbone itself stays as it is.
Put it before Train. At first the network answers exactly as without them. Export Model folds what they have learned into plain weights, so that the file has the backbone's own layers.
Take it for transformers, where a probe is not enough and full fine-tuning on little data does harm. For convolutional networks, all stages' features with the solver, or norms and biases alone (Freeze Range, Kinds), are usually the better start.`,
  inputs: { model: modelPort('The network to adapt.') },
  outputs: {
    model: modelPort('The same network with adapters; nothing else trains but its head.', {
      classesFrom: { port: 'model' },
    }),
  },
  params: z.strictObject({
    adapter: z
      .enum([ids[0] ?? '', ...ids.slice(1)])
      .default('lora')
      .meta({
        title: 'Adapter',
        description: adapters.map(({ id, description }) => `\`${id}\`: ${description}`).join('; ') + '.',
        choiceTitles: Object.fromEntries(adapters.map(({ id, title }) => [id, title])),
      }),
    ...rangeFields,
    rank: z
      .number()
      .int()
      .min(1)
      .max(256)
      .default(8)
      .meta({ title: 'Rank', description: 'LoRA: width of the path beside a layer. 4 to 16 is usual.' }),
    alpha: z
      .number()
      .gt(0)
      .max(1024)
      .default(16)
      .meta({ title: 'Alpha', description: 'LoRA: the path counts alpha / rank times.', advanced: true }),
    freeze: z.boolean().default(true).meta({
      title: 'Freeze the backbone',
      description: 'Everything before the head stays as it is; only the adapters and the head train.',
    }),
    seed: z.number().int().min(0).default(0).meta({ title: 'Seed', description: 'Seed of the first weights (LoRA).' }),
  }),
  async run({ inputs, params: { adapter, from, to, pattern, rank, alpha, freeze, seed }, context }) {
    const { network } = inputs.model
    const result = atField(pattern === '' ? 'from' : 'pattern', () =>
      withAdapters(network, { from, to, pattern, adapter, rank, alpha, seed, freezesRest: freeze }),
    )
    const { total, trainable } = countParameters(result)
    const added = total - countParameters(network).total
    context.emit({
      type: 'log',
      level: 'info',
      message: `${added.toLocaleString('en')} parameters of adapters; ${trainable.toLocaleString('en')} of ${total.toLocaleString('en')} will train.`,
    })
    return { model: { kind: 'model' as const, network: result } }
  },
})
