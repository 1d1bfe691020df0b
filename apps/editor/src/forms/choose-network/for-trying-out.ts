import type { Backbone } from '@graft/graph-schema'

/** Comes with Graft and has seen generated pictograms only. */
export const isForTryingOut = ({ source }: Pick<Backbone, 'source'>): boolean => source.startsWith('embedded:')

/** What a person should know who takes it. */
export const knowsPictograms =
  'This network knows generated pictograms, not photos: on photos it is often no better than guessing. Choose a network that was trained on photos if you have one.'
