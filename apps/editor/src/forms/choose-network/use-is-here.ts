import { useCatalogue } from '../../api/network-downloads.js'
import { findCatalogued, isRemote } from './describe-network.js'

/** Whether a network is on this machine, so that nothing has to be fetched for it; null: not known yet. */
export function useIsHere(source: string | null): boolean | null {
  const catalogue = useCatalogue()
  if (source === null) return null
  if (!isRemote(source)) return true
  if (catalogue.status === 'loading') return null
  return catalogue.status === 'ready' && findCatalogued(catalogue.value, source)?.here === true
}
