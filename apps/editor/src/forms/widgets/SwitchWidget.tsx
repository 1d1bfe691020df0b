import type { ReactElement } from 'react'
import type { WidgetProps } from '../fields/widget.js'

export function SwitchWidget({ id, value, onChange, describedBy, isWrong }: WidgetProps): ReactElement {
  const on = value === true
  return (
    <button
      id={id}
      type="button"
      role="switch"
      aria-checked={on}
      aria-describedby={describedBy}
      aria-invalid={isWrong}
      className="switch"
      onClick={() => onChange(!on)}
    >
      <span className="switch-track">
        <span className="switch-knob" />
      </span>
      <span className="switch-word">{on ? 'on' : 'off'}</span>
    </button>
  )
}
