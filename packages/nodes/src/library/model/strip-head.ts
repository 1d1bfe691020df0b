import { z } from 'zod'
import { cutAfter, stripHead as withoutHead } from '@graft/network'
import { defineNode } from '../../sdk/define-node.js'
import { modelPort } from '../../sdk/ports.js'
import { atField } from '../support/run-surgery.js'

export const stripHead = defineNode({
  type: 'strip-head',
  version: 1,
  title: 'Strip Head',
  category: 'Model',
  keywords: ['remove classifier', 'cut', 'truncate', 'features', 'include_top'],
  doc: `Removes the classifier of a pre-trained network, and on request late stages too, so that a new head can take its place.
Put it between Load Backbone and Add Head. A network without a classifier passes as it is. Cut at an earlier stage when your images look very different from what the network has seen: late stages are the most specialised ones.`,
  inputs: { model: modelPort('A network with or without a classifier.') },
  outputs: {
    model: modelPort('The network up to the cut; its output is a feature map, or the tokens of a transformer.'),
  },
  params: z.strictObject({
    after: z.string().default('').meta({
      title: 'Cut after',
      description: 'Last stage (or layer) to keep. Empty: keep everything but the classifier.',
      widget: 'stage',
      placeholder: 'last stage before the head',
    }),
  }),
  async run({ inputs, params: { after }, context }) {
    const { network } = inputs.model
    const cut = atField('after', () => (after === '' ? withoutHead(network) : cutAfter(network, after)))
    const removed = network.layers.length - cut.layers.length
    context.emit({
      type: 'log',
      level: 'info',
      message:
        cut === network
          ? `There is no classifier to remove: ${network.name} ends in features. Kept all ${cut.layers.length} layers.`
          : `Kept ${cut.layers.length} layers up to ${cut.output}; removed ${removed}.`,
    })
    return { model: { kind: 'model' as const, network: cut } }
  },
})
