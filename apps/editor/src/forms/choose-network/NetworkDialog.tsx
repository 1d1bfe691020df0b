import type { Catalogued } from '@graft/graph-schema'
import { useMemo } from 'react'
import type { ReactElement } from 'react'
import { useCatalogue } from '../../api/network-downloads.js'
import { Dialog } from '../../ui/Dialog.js'
import { Icon } from '../../ui/Icon.js'
import { SearchList } from '../../ui/lists/SearchList.js'
import { factsOf, placeOf } from './describe-network.js'
import './network-dialog.css'

export interface NetworkDialogProps {
  /** The network in use, which is marked. */
  readonly chosen: string | null
  readonly onChoose: (network: Catalogued) => void
  readonly onClose: () => void
}

/** The catalogue as cards, found by typing. */
export function NetworkDialog({ chosen, onChoose, onClose }: NetworkDialogProps): ReactElement {
  const found = useCatalogue()
  const cards = useMemo(() => (found.status === 'ready' ? found.value.map(asCard) : []), [found])
  return (
    <Dialog title="Choose a network" onClose={onClose} className="network-dialog">
      {found.status === 'loading' && (
        <p className="network-note" role="status">
          Reading the catalogue…
        </p>
      )}
      {found.status === 'failed' && (
        <p className="network-note" role="alert">
          {found.error.message}
        </p>
      )}
      {found.status === 'ready' && (
        <SearchList
          label="Networks"
          placeholder="Search by name, family, licence or use"
          items={cards}
          keyOf={({ network }) => network.source}
          groupOf={({ network }) => network.family}
          render={({ network }) => <NetworkCard network={network} isChosen={network.source === chosen} />}
          onChoose={({ network }) => {
            onChoose(network)
            onClose()
          }}
          onEscape={onClose}
          empty="The catalogue is empty."
        />
      )}
    </Dialog>
  )
}

interface Card {
  readonly title: string
  readonly words: string
  readonly text: string
  readonly network: Catalogued
}

const asCard = (network: Catalogued): Card => ({
  title: network.title,
  words: `${network.source} ${network.family} ${network.licence ?? ''} ${network.speed ?? ''} ${network.here ? 'here' : ''}`,
  text: network.why,
  network,
})

function NetworkCard({
  network,
  isChosen,
}: {
  readonly network: Catalogued
  readonly isChosen: boolean
}): ReactElement {
  return (
    <span className="network-card">
      <span className="network-card-title">
        <Icon name={isChosen ? 'check' : 'model'} size={14} />
        <strong>{network.title}</strong>
        {isChosen && <span className="visually-hidden">in use</span>}
        <code>{network.source}</code>
        <span className={network.here ? 'network-card-place network-card-here' : 'network-card-place'}>
          {placeOf(network)}
        </span>
      </span>
      <span>{network.why}</span>
      <span className="network-card-facts numeric">{factsOf(network).join(' · ')}</span>
    </span>
  )
}
