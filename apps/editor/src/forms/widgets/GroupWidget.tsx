import type { ReactElement } from 'react'
import type { WidgetProps } from '../fields/widget.js'

/** Params inside a param, as a form in the form. */
export function GroupWidget({ labelId, children }: WidgetProps): ReactElement {
  return (
    <div className="group" role="group" aria-labelledby={labelId}>
      {children}
    </div>
  )
}
