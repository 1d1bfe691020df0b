import { useState } from 'react'
import type { ReactElement } from 'react'
import { Button } from '../../ui/Button.js'
import { Icon } from '../../ui/Icon.js'
import { backboneFacts, useBackbones } from './backbones.js'
import { FolderDialog } from '../paths/FolderDialog.js'
import { ChosenNetwork } from './ChosenNetwork.js'
import { NetworkDialog } from './NetworkDialog.js'
import { useNetworkFields } from './network-fields.js'
import { TextWidget } from '../widgets/TextWidget.js'
import { PreprocessingNote } from '../network/PreprocessingNote.js'
import { useInspection } from '../network/use-inspection.js'
import type { WidgetProps } from '../fields/widget.js'

/** Pre-trained networks at hand as cards; anything else by path or address. */
export function BackboneWidget(props: WidgetProps): ReactElement {
  const { value, labelId, nodeId, field } = props
  const { pinned, put, pin } = useNetworkFields(nodeId, field)
  const inspected = useInspection(nodeId)
  const [loaded] = inspected.status === 'ready' ? Object.values(inspected.inspection.outputNetworks) : []
  const found = useBackbones()
  const [picking, setPicking] = useState(false)
  const [browsing, setBrowsing] = useState(false)
  return (
    <div className="backbones">
      {found.status === 'loading' && (
        <p className="network-note" role="status">
          Looking for networks…
        </p>
      )}
      {found.status === 'failed' && <p className="network-note">{found.error.message}</p>}
      {found.status === 'ready' && (
        <div className="backbone-cards" role="group" aria-labelledby={labelId}>
          {found.value.map((backbone) => (
            <button
              key={backbone.source}
              type="button"
              className="backbone-card"
              aria-pressed={backbone.source === value}
              onClick={() => put(backbone.source)}
              title={backbone.source}
            >
              <span className="backbone-title">
                <Icon name="model" size={14} />
                {backbone.title}
              </span>
              <span className="backbone-facts numeric">{backboneFacts(backbone)}</span>
            </button>
          ))}
        </div>
      )}
      <TextWidget {...props} onChange={(source) => put(source, { typed: true })} />
      {typeof value === 'string' && <ChosenNetwork source={value} {...(pinned !== null && { pinned, onPin: pin })} />}
      <span className="backbone-buttons">
        <Button size="s" icon="search" onClick={() => setBrowsing(true)}>
          Choose a network by name…
        </Button>
        <Button size="s" icon="folder" onClick={() => setPicking(true)}>
          Choose a model file…
        </Button>
      </span>
      {loaded !== undefined && <PreprocessingNote network={loaded} />}
      {browsing && (
        <NetworkDialog
          chosen={typeof value === 'string' ? value : null}
          onClose={() => setBrowsing(false)}
          onChoose={({ source, sha256 }) => put(source, { sha256 })}
        />
      )}
      {picking && (
        <FolderDialog
          title="Choose a model"
          accepts="model"
          start={typeof value === 'string' && value.startsWith('/') ? value : null}
          onClose={() => setPicking(false)}
          onChoose={(path) => put(path)}
        />
      )}
    </div>
  )
}
