import type { ReactElement } from 'react'
import { compact, percent } from '../../ui/format.js'
import { cutIndexOf, cutValueOf, totalsOf } from './stage-drawing.js'
import { useNetwork } from './use-inspection.js'
import { NetworkDrawing } from './NetworkDrawing.js'
import { cutText, ProfileNote } from '../profile/ProfileNote.js'
import { useProfile } from '../profile/use-profile.js'
import { StageName } from './StageName.js'
import type { WidgetProps } from '../fields/widget.js'

/** One stage, chosen by a line across the drawing of the network. */
export function StageWidget({ nodeId, field, id, describedBy, isWrong, value, onChange }: WidgetProps): ReactElement {
  const network = useNetwork(nodeId)
  const profile = useProfile(nodeId, network.status === 'ready' ? network.before : null)
  const name = (
    <StageName
      id={id}
      network={network.status === 'ready' ? network.before : null}
      value={value}
      placeholder={field.placeholder ?? 'name of a stage or layer'}
      isWrong={isWrong}
      onChange={onChange}
      {...(describedBy !== undefined && { describedBy })}
    />
  )
  if (network.status !== 'ready')
    return (
      <>
        {name}
        <p className="network-note" role="status">
          {network.status === 'loading' ? 'Reading the network…' : network.message}
        </p>
      </>
    )
  const { before, after, isOld } = network
  const index = cutIndexOf(before, typeof value === 'string' ? value : '')
  const shown = index ?? before.stages.length - 1
  const kept = totalsOf(before.stages, 0, shown)
  return (
    <div className={isOld ? 'network-old' : ''}>
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
      <ProfileNote profile={profile} stage={shown} />
      {name}
    </div>
  )
}
