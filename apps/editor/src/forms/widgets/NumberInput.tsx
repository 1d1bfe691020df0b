import { useEffect, useState } from 'react'
import type { KeyboardEvent, ReactElement } from 'react'
import { Icon } from '../../ui/Icon.js'
import type { Range } from '../fields/field.js'
import { readNumber, showNumber, stepNumber } from '../fields/number-input.js'

export interface NumberInputProps {
  readonly id?: string
  readonly label?: string
  readonly value: unknown
  readonly range: Range
  readonly unit?: string | null
  readonly describedBy?: string
  readonly isWrong?: boolean
  readonly placeholder?: string
  readonly onChange: (value: unknown) => void
}

/**
 * A number as text, so that `1e-3` and `0,5` can be typed; arrow keys step it. What isn't a number stays in the field
 * and is handed on, for the check to name.
 */
export function NumberInput({
  id,
  label,
  value,
  range,
  unit = null,
  describedBy,
  isWrong = false,
  placeholder,
  onChange,
}: NumberInputProps): ReactElement {
  const shown =
    typeof value === 'number' ? showNumber(value) : value === undefined || value === null ? '' : String(value)
  const [text, setText] = useState(shown)
  const [typing, setTyping] = useState(false)
  useEffect(() => {
    if (!typing) setText(shown)
  }, [shown, typing])
  const type = (next: string): void => {
    setText(next)
    if (next.trim() === '') return onChange(undefined)
    onChange(readNumber(next) ?? next)
  }
  const step = (direction: 1 | -1, large: boolean): void => {
    const next = stepNumber(
      readNumber(text) ?? (typeof value === 'number' ? value : (range.min ?? 0)),
      direction,
      range,
      large,
    )
    setText(showNumber(next))
    onChange(next)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
    event.preventDefault()
    step(event.key === 'ArrowUp' ? 1 : -1, event.shiftKey)
  }
  return (
    <span className={`number${isWrong ? ' number-wrong' : ''}`}>
      <input
        {...(id !== undefined && { id })}
        className="input number-input numeric"
        type="text"
        inputMode="decimal"
        value={typing ? text : shown}
        role="spinbutton"
        autoComplete="off"
        {...(typeof value === 'number' && { 'aria-valuenow': value })}
        {...(range.min !== null && { 'aria-valuemin': range.min })}
        {...(range.max !== null && { 'aria-valuemax': range.max })}
        {...(label !== undefined && { 'aria-label': label })}
        aria-describedby={describedBy}
        aria-invalid={isWrong}
        {...(placeholder !== undefined && { placeholder })}
        onChange={(event) => type(event.target.value)}
        onKeyDown={onKeyDown}
        onFocus={() => setTyping(true)}
        onBlur={() => setTyping(false)}
      />
      {unit !== null && (
        <span className="number-unit" aria-hidden="true">
          {unit}
        </span>
      )}
      <span className="number-steps">
        <button type="button" tabIndex={-1} aria-hidden="true" onClick={(event) => step(1, event.shiftKey)}>
          <Icon name="chevronUp" size={10} />
        </button>
        <button type="button" tabIndex={-1} aria-hidden="true" onClick={(event) => step(-1, event.shiftKey)}>
          <Icon name="chevronDown" size={10} />
        </button>
      </span>
    </span>
  )
}
