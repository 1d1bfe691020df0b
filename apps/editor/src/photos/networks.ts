import type { Backbone } from '@graft/graph-schema'

/** Comes with Graft and has seen generated pictograms only. */
export const isForTryingOut = ({ source }: Pick<Backbone, 'source'>): boolean => source.startsWith('embedded:')
