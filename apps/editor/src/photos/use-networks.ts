import type { Backbone } from '@graft/graph-schema'
import { useBackbones } from '../forms/choose-network/backbones.js'
import { isForTryingOut } from '../forms/choose-network/for-trying-out.js'

export interface Networks {
  readonly list: readonly Backbone[]
  /** The first at hand that knows photos; else the one to fetch by name. Null: on their way. */
  readonly suggested: string | null
  readonly failure: string | null
}

/** @param named source that the templates for own photos start from; offered when nothing better is at hand */
export function useNetworks(named: string | null): Networks {
  const found = useBackbones()
  if (found.status !== 'ready')
    return { list: [], suggested: named, failure: found.status === 'failed' ? found.error.message : null }
  const list = [...found.value].sort((left, right) => Number(isForTryingOut(left)) - Number(isForTryingOut(right)))
  const atHand = list.find((network) => !isForTryingOut(network))?.source
  return { list, suggested: atHand ?? named ?? list[0]?.source ?? null, failure: null }
}
