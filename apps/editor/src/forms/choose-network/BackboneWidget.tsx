import type { ReactElement } from 'react'
import { Icon } from '../../ui/Icon.js'
import { backboneFacts, useBackbones } from './backbones.js'
import { FormProblem } from '../fields/FormProblem.js'
import { isForTryingOut, knowsPictograms } from './for-trying-out.js'
import { ChosenNetwork } from './ChosenNetwork.js'
import { NetworkPickers } from './NetworkPickers.js'
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
      <NetworkPickers
        className="backbone-buttons"
        chosen={typeof value === 'string' ? value : null}
        start={typeof value === 'string' && value.startsWith('/') ? value : null}
        onChoose={(source, sha256) => put(source, { sha256 })}
      />
      {typeof value === 'string' && isForTryingOut({ source: value }) && (
        <FormProblem severity="info" message={knowsPictograms} fix="" />
      )}
      {loaded !== undefined && <PreprocessingNote network={loaded} />}
    </div>
  )
}
