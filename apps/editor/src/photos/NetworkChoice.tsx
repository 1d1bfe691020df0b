import type { Backbone } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import { backboneFacts, useBackbones } from '../forms/choose-network/backbones.js'
import { ChosenNetwork } from '../forms/choose-network/ChosenNetwork.js'
import { NetworkPickers } from '../forms/choose-network/NetworkPickers.js'
import { Icon } from '../ui/Icon.js'
import { ChoiceCard } from './ChoiceCard.js'
import { folderName } from './graphs/graph-for-photos.js'
import { isForTryingOut } from './networks.js'

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

export interface NetworkChoiceProps {
  readonly networks: Networks
  readonly chosen: string | null
  /** What pins it; empty: nothing. */
  readonly sha256: string
  readonly onChoose: (source: string, sha256?: string) => void
}

/** The networks at hand as cards, and any model file. */
export function NetworkChoice({ networks, chosen, sha256, onChoose }: NetworkChoiceProps): ReactElement {
  const isListed = chosen === null || networks.list.some(({ source }) => source === chosen)
  return (
    <>
      {networks.failure !== null && <p className="network-note">{networks.failure}</p>}
      <div className="photos-cards" role="radiogroup" aria-label="Network">
        {networks.list.map((network) => (
          <ChoiceCard
            key={network.source}
            group="network"
            title={network.title}
            text={backboneFacts(network) || network.source}
            checked={network.source === chosen}
            onChoose={() => onChoose(network.source)}
            {...(isForTryingOut(network) && { badge: 'For trying out' })}
          />
        ))}
        {!isListed && (
          <ChoiceCard
            group="network"
            title={folderName(chosen)}
            text={isPath(chosen) ? chosen : `${chosen}: by name; downloaded below, or by the first run`}
            checked
            onChoose={() => onChoose(chosen)}
          />
        )}
      </div>
      {chosen !== null && isForTryingOut({ source: chosen }) && (
        <p className="photos-odd">
          <Icon name="warning" size={14} />
          This network knows generated pictograms, not photos: on photos it is often no better than guessing. Choose a
          network that was trained on photos if you have one.
        </p>
      )}
      {chosen !== null && <ChosenNetwork source={chosen} pinned={sha256} onPin={(next) => onChoose(chosen, next)} />}
      <NetworkPickers
        className="upload-buttons"
        chosen={chosen}
        start={null}
        onChoose={(source, known) => onChoose(source, known ?? '')}
      />
    </>
  )
}

const isPath = (source: string): boolean => /^([/\\]|[a-z]:[/\\])/i.test(source)
