import { useId } from 'react'
import type { ReactElement } from 'react'
import { dispatch, paramAt, setParam, setParams, useEditor, useNodeProblems } from '../../document/store.js'
import { compact, percent } from '../../ui/format.js'
import type { Field } from '../fields/field.js'
import { problemsOfField, shortMessage } from '../fields/field-problems.js'
import { FormProblem } from '../fields/FormProblem.js'
import { useRunProblem } from '../../run/run-store.js'
import { moveEnd, spanOf, spanValuesOf } from './stage-drawing.js'
import type { StageSpan } from './stage-drawing.js'
import { useNetwork } from './use-inspection.js'
import { NetworkDrawing } from './NetworkDrawing.js'
import { cutText, ProfileNote } from '../profile/ProfileNote.js'
import { useProfile } from '../profile/use-profile.js'
import { StageName } from './StageName.js'

export interface StageRangeProps {
  readonly nodeId: string
  readonly from: Field
  readonly to: Field
}

/** Two stage fields as the ends of one range on the drawing of the network. */
export function StageRange({ nodeId, from, to }: StageRangeProps): ReactElement {
  const id = useId()
  const network = useNetwork(nodeId)
  const first = useEditor((state) => paramAt(state.document, nodeId, from.path))
  const last = useEditor((state) => paramAt(state.document, nodeId, to.path))
  const problems = useNodeProblems(nodeId)
  const failure = useRunProblem(nodeId)
  const before = network.status === 'ready' ? network.before : null
  const after = network.status === 'ready' ? network.after : null
  const profile = useProfile(nodeId, before)
  const span = before === null ? null : spanOf(before, textOf(first), textOf(last))
  const put = (next: StageSpan): void => {
    if (before === null) return
    const values = spanValuesOf(before, next)
    dispatch(setParams(nodeId, { [from.path]: emptyToNone(values.from), [to.path]: emptyToNone(values.to) }, 'range'))
  }
  const count = before?.stages.length ?? 0
  const nameOf = (index: number): string => before?.stages[index]?.name ?? ''
  return (
    <div className="field field-range">
      <p className="field-label">Range</p>
      {before === null && (
        <p className="network-note" role="status">
          {network.status === 'none' ? network.message : 'Reading the network…'}
        </p>
      )}
      {before !== null && span !== null && (
        <NetworkDrawing
          network={before}
          after={after}
          roleOf={(stage) => (stage >= span.from && stage <= span.to ? 'chosen' : 'other')}
          worthOf={(stage) => profile.cuts?.[stage]?.probe ?? null}
          handles={[
            {
              id: 'from',
              label: from.title,
              at: span.from,
              min: 0,
              max: count - 1,
              text: `from ${nameOf(span.from)}`,
              onMove: (at) => put(moveEnd(span, 'from', at, count)),
            },
            {
              id: 'to',
              label: to.title,
              at: span.to + 1,
              min: 1,
              max: count,
              text: `up to ${nameOf(span.to)}${cutText(profile.cuts, span.to)}`,
              onMove: (at) => put(moveEnd(span, 'to', at - 1, count)),
            },
          ]}
        />
      )}
      {after !== null && (
        <dl className="network-facts numeric" aria-live="polite">
          <div>
            <dt>Will train</dt>
            <dd>
              {compact(after.trainable)}{' '}
              <small>
                of {compact(after.parameters)} ({percent(after.trainable / Math.max(1, after.parameters), 0)})
              </small>
            </dd>
          </div>
          <div>
            <dt>Operations per image</dt>
            <dd>{compact(after.macs)}</dd>
          </div>
        </dl>
      )}
      {span !== null && <ProfileNote profile={profile} stage={span.to} />}
      <div className="range-names">
        {(
          [
            [from, first],
            [to, last],
          ] as const
        ).map(([field, value]) => (
          <div key={field.path} data-field={field.path}>
            <label className="field-label" htmlFor={`${id}-${field.path}`}>
              {field.title}
            </label>
            <StageName
              id={`${id}-${field.path}`}
              network={before}
              value={value}
              placeholder={field === from ? 'first stage' : 'last before the head'}
              describedBy={`${id}-${field.path}-help`}
              isWrong={problemsOfField(problems, field.path).length > 0 || failure?.field === field.path}
              onChange={(next) => dispatch(setParam(nodeId, field.path, emptyToNone(next)))}
            />
            <p className="field-help" id={`${id}-${field.path}-help`}>
              {field.description}
            </p>
            {problemsOfField(problems, field.path).map((problem) => (
              <FormProblem
                key={problem.code}
                message={shortMessage(problem)}
                fix={problem.fix}
                severity={problem.severity}
              />
            ))}
            {failure?.field === field.path && (
              <FormProblem message={failure.message} fix={failure.fix} severity="error" />
            )}
          </div>
        ))}
      </div>
    </div>
  )
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const emptyToNone = (value: string): string | undefined => (value === '' ? undefined : value)
