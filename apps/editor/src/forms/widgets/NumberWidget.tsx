import type { ReactElement } from 'react'
import { NumberInput } from './NumberInput.js'
import type { WidgetProps } from '../fields/widget.js'

export function NumberWidget({ id, field, value, onChange, describedBy, isWrong }: WidgetProps): ReactElement {
  return (
    <NumberInput
      id={id}
      value={value}
      range={field.range}
      unit={field.unit}
      isWrong={isWrong}
      onChange={onChange}
      {...(describedBy !== undefined && { describedBy })}
      {...(field.placeholder !== null && { placeholder: field.placeholder })}
    />
  )
}
