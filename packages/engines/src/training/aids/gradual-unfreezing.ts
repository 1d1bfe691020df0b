import { freeze, type Network } from '@graft/network'
import { z } from 'zod'
import { defineAid } from './aid.js'

/** The stages start to learn one after the other, from the head backwards (Howard and Ruder 2018, arXiv 1801.06146). */
export const gradualUnfreezing = defineAid({
  name: 'gradual-unfreezing',
  fields: {
    unfreezeEvery: z.int().min(0).max(1000).default(0).meta({
      title: 'Unfreeze gradually',
      description:
        'The head learns alone first; after each so many epochs one stage more learns with it, the last before the first. What is frozen until then runs once, so the first epochs are fast. Every stage starts with a fresh optimizer. 0: all that is not frozen learns at once.',
      unit: 'epochs',
      advanced: true,
    }),
  },
  isOn: ({ unfreezeEvery }) => unfreezeEvery > 0,
  tell: ({ unfreezeEvery }) =>
    `Stages unfrozen one after the other from the head, every ${unfreezeEvery === 1 ? 'epoch' : `${unfreezeEvery} epochs`}.`,
  course: {
    part: ({ epoch }, network, { unfreezeEvery }) => {
      const part = Math.floor(epoch / unfreezeEvery)
      return part < learningStages(network).length - 1 ? part : null
    },
    network: (network, part) => {
      const waiting = learningStages(network).at(-2 - part)
      return waiting === undefined ? network : freeze(network, { frozen: true, to: waiting })
    },
  },
})

/** Names of the stages in which anything learns, from the first to the last. */
export function learningStages(network: Network): readonly string[] {
  const layers = new Map(network.layers.map((layer) => [layer.name, layer]))
  const learns = (layer: string): boolean =>
    Object.values(layers.get(layer)?.parameters ?? {}).some((name) => network.parameters[name]?.trainable)
  return network.stages.filter((stage) => stage.layers.some(learns)).map(({ name }) => name)
}
