import type { NetworkSummary } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import { compact, percent } from '../../ui/format.js'
import { cutIndexOf, cutValueOf, totalsOf } from './stage-drawing.js'
import { useNetwork } from './use-inspection.js'
import type { NetworkInspected } from './use-inspection.js'
import { NetworkDrawing } from './NetworkDrawing.js'
import { cutText, ProfileNote } from '../profile/ProfileNote.js'
import { useProfile } from '../profile/use-profile.js'
import type { NetworkProfile } from '../profile/use-profile.js'
import { StageName } from './StageName.js'
import type { WidgetProps } from '../fields/widget.js'

/** One stage, chosen by a line across the drawing of the network, or by name. */
export function StageWidget(props: WidgetProps): ReactElement {
  const network = useNetwork(props.nodeId)
  const profile = useProfile(props.nodeId, network.status === 'ready' ? network.before : null)
  return <StageChoice {...props} network={network} profile={profile} />
}

export interface StageChoiceProps extends WidgetProps {
  readonly network: NetworkInspected
  readonly profile: NetworkProfile
}

/**
 * The drawing, or why there is none yet, and the name below. The name keeps its place in the tree: as another element
 * it would lose the focus, and what is being typed would go to the canvas, when the network arrives.
 */
export function StageChoice(props: StageChoiceProps): ReactElement {
  const { network, field, id, describedBy, isWrong, value, onChange } = props
  return (
    <div className={network.status === 'ready' && network.isOld ? 'network-old' : ''}>
      {network.status === 'ready' ? (
        <Cut {...props} network={network} />
      ) : (
        <p className="network-note" role="status">
          {network.status === 'loading' ? 'Reading the network…' : network.message}
        </p>
      )}
      <StageName
        id={id}
        network={network.status === 'ready' ? network.before : null}
        value={value}
        placeholder={field.placeholder ?? 'name of a stage or layer'}
        isWrong={isWrong}
        onChange={onChange}
        {...(describedBy !== undefined && { describedBy })}
      />
    </div>
  )
}

interface CutProps extends Pick<StageChoiceProps, 'field' | 'value' | 'profile' | 'onChange'> {
  readonly network: Extract<NetworkInspected, { readonly status: 'ready' }>
}

/** The drawing with its line, and what the line keeps. */
function Cut({ network: { before, after }, field, value, profile, onChange }: CutProps): ReactElement {
  const index = cutIndexOf(before, typeof value === 'string' ? value : '')
  const shown = index ?? before.stages.length - 1
  const kept = totalsOf(before.stages, 0, shown)
  return (
    <>
      <NetworkDrawing
        network={before}
        after={after}
        roleOf={(stage) => (stage <= shown ? 'kept' : 'gone')}
        worthOf={(stage) => profile.cuts?.[stage]?.probe ?? null}
        handles={[
          {
            id: 'cut',
            label: field.title,
            at: shown + 1,
            min: 1,
            max: before.stages.length,
            text: `after ${before.stages[shown]?.name ?? ''}: ${compact(kept.parameters)} parameters kept${cutText(profile.cuts, shown)}`,
            onMove: (at) => onChange(cutValueOf(before, at - 1)),
          },
        ]}
      />
      <Kept kept={kept} before={before} />
      <ProfileNote profile={profile} stage={shown} />
    </>
  )
}

function Kept({
  kept,
  before,
}: {
  readonly kept: ReturnType<typeof totalsOf>
  readonly before: NetworkSummary
}): ReactElement {
  return (
    <dl className="network-facts numeric" aria-live="polite">
      <div>
        <dt>Keeps</dt>
        <dd>
          {kept.stages} of {before.stages.length} stages
        </dd>
      </div>
      <div>
        <dt>Parameters</dt>
        <dd>
          {compact(kept.parameters)} <small>of {compact(before.parameters)}</small>
        </dd>
      </div>
      <div>
        <dt>Operations per image</dt>
        <dd>
          {compact(kept.macs)} <small>{percent(kept.macs / Math.max(1, before.macs), 0)}</small>
        </dd>
      </div>
    </dl>
  )
}
