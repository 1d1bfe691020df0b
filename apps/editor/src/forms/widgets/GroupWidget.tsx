import type { ReactElement } from 'react'
import { FieldRow } from '../FieldRow.js'
import type { WidgetProps } from './widget.js'

/** Params inside a param, as a form in the form. */
export function GroupWidget({ nodeId, field, labelId }: WidgetProps): ReactElement {
  return (
    <div className="group" role="group" aria-labelledby={labelId}>
      {field.fields.map((inner) => (
        <FieldRow key={inner.path} nodeId={nodeId} field={inner} />
      ))}
    </div>
  )
}
