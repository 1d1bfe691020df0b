import type { ReactElement } from 'react'
import type { WidgetProps } from '../fields/widget.js'

export function TextWidget({ id, field, value, onChange, describedBy, isWrong }: WidgetProps): ReactElement {
  return (
    <input
      id={id}
      className="input"
      type="text"
      value={typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value)}
      onChange={(event) => onChange(event.target.value)}
      autoComplete="off"
      spellCheck={false}
      aria-describedby={describedBy}
      aria-invalid={isWrong}
      {...(field.placeholder !== null && { placeholder: field.placeholder })}
      {...(field.maxLength !== null && { maxLength: field.maxLength })}
    />
  )
}
