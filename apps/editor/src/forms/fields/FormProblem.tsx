import type { ReactElement } from 'react'
import { Icon } from '../../ui/Icon.js'

/** What is wrong with a field or a node, and how to put it right. */
export function FormProblem({
  message,
  fix,
  severity,
  id,
}: {
  readonly message: string
  readonly fix: string
  readonly severity: 'error' | 'warning' | 'info'
  readonly id?: string
}): ReactElement {
  return (
    <p className={`form-problem form-problem-${severity}`} {...(id !== undefined && { id })}>
      <Icon
        name={severity === 'error' ? 'error' : severity === 'warning' ? 'warning' : 'info'}
        size={14}
        label={severity}
      />
      <span>
        {message} <span className="form-fix">{fix}</span>
      </span>
    </p>
  )
}
