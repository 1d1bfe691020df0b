import type { ReactElement } from 'react'
import { backboneFacts } from '../forms/choose-network/backbones.js'
import { isForTryingOut, knowsPictograms } from '../forms/choose-network/for-trying-out.js'
import { ChosenNetwork } from '../forms/choose-network/ChosenNetwork.js'
import { NetworkPickers } from '../forms/choose-network/NetworkPickers.js'
import { Icon } from '../ui/Icon.js'
import { ChoiceCard } from './ChoiceCard.js'
import { folderName } from './graphs/graph-for-photos.js'
import type { Networks } from './use-networks.js'

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
          {knowsPictograms}
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
