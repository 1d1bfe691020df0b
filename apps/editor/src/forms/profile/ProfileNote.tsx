import type { Estimate } from '@graft/graph-schema'
import { useRef } from 'react'
import type { ReactElement } from 'react'
import { progressOf } from '../../run/run-progress.js'
import { Button } from '../../ui/Button.js'
import { percent, percentRange, significant } from '../../ui/format.js'
import { useFocusKept } from '../../ui/use-focus-kept.js'
import { FormProblem } from '../fields/FormProblem.js'
import type { NetworkProfile } from './use-profile.js'

export interface ProfileNoteProps {
  readonly profile: NetworkProfile
  /** The last stage that is kept. */
  readonly stage: number
}

/** What a cut after a stage is worth for these images; or the way to find out. */
export function ProfileNote({ profile, stage }: ProfileNoteProps): ReactElement | null {
  const { cuts, measure, run } = profile
  const box = useRef<HTMLDivElement>(null)
  useFocusKept(box, cuts !== null || run.isBusy)
  if (cuts === null && !run.isBusy && measure === null) return null
  return (
    <div ref={box} role="group" aria-label="What a cut is worth" tabIndex={-1}>
      {cuts !== null ? <CutWorth cut={cuts[stage] ?? null} /> : <Measure {...profile} />}
    </div>
  )
}

function Measure({ measure, run, stop }: Omit<NetworkProfile, 'cuts'>): ReactElement | null {
  if (run.isBusy)
    return (
      <div className="profile-note">
        <p role="status">Measuring what each cut is worth…</p>
        <progress
          value={run.state === null ? 0 : progressOf(run.state).fraction}
          max={1}
          aria-label="Measuring what each cut is worth"
        />
        <Button size="s" onClick={stop}>
          Stop
        </Button>
      </div>
    )
  if (measure === null) return null
  return (
    <div className="profile-note">
      {run.failure !== null && <FormProblem severity="error" {...run.failure} />}
      <Button size="s" icon="advice" onClick={measure}>
        Measure what each cut is worth
      </Button>
    </div>
  )
}

function CutWorth({ cut }: { readonly cut: NonNullable<NetworkProfile['cuts']>[number] }): ReactElement {
  if (cut === null) return <p className="network-note">Not measured for a cut here.</p>
  return (
    <dl className="network-facts numeric" aria-live="polite">
      <Worth title="Accuracy, head on this stage" estimate={cut.probe} />
      <Worth title="Head on all stages kept" estimate={cut.allStages} />
      {cut.millisecondsPerPicture !== null && (
        <div>
          <dt>Time per image</dt>
          <dd>{significant(Number(cut.millisecondsPerPicture.toPrecision(2)))} ms</dd>
        </div>
      )}
    </dl>
  )
}

function Worth({
  title,
  estimate,
}: {
  readonly title: string
  readonly estimate: Estimate | null
}): ReactElement | null {
  if (estimate === null) return null
  return (
    <div>
      <dt>{title}</dt>
      <dd>
        {percent(estimate.value, 0)} <small>{percentRange(estimate.low, estimate.high)}</small>
      </dd>
    </div>
  )
}

/** What is said of a cut together with its place; empty where it was not measured. */
export function cutText(cuts: NetworkProfile['cuts'], stage: number): string {
  const probe = cuts?.[stage]?.probe ?? null
  return probe === null ? '' : `, accuracy about ${percent(probe.value, 0)}, ${percentRange(probe.low, probe.high)}`
}
