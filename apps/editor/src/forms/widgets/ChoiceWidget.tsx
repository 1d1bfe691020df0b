import type { KeyboardEvent, ReactElement } from 'react'
import type { WidgetProps } from '../fields/widget.js'
import { SearchedChoice } from './SearchedChoice.js'
import { spellChoice } from './spell-choice.js'

/** Up to this many short choices stand side by side. */
const mostSegments = 3
/** More are searched by typing. */
const mostInList = 24

/**
 * One of several: side by side where they are few and short, else a list, which is searched where it is long. A value
 * that is none of them is shown as such.
 */
export function ChoiceWidget(props: WidgetProps): ReactElement {
  const {
    field: { choices },
    value,
  } = props
  if (choices.length > mostInList) return <SearchedChoice {...props} />
  const words = choices.map(String).join('').length
  return choices.length <= mostSegments && words <= 26 && choices.includes(value) ? (
    <Segments {...props} />
  ) : (
    <Select {...props} />
  )
}

function Segments({ field: { choices }, id, labelId, describedBy, value, onChange }: WidgetProps): ReactElement {
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const next = (choices.indexOf(value) + step + choices.length) % choices.length
    onChange(choices[next])
    event.currentTarget.querySelectorAll('button')[next]?.focus()
  }
  return (
    <div
      className="segments"
      role="radiogroup"
      aria-labelledby={labelId}
      aria-describedby={describedBy}
      onKeyDown={onKeyDown}
    >
      {choices.map((choice) => (
        <button
          key={String(choice)}
          {...(choice === value && { id })}
          type="button"
          role="radio"
          aria-checked={choice === value}
          tabIndex={choice === value ? 0 : -1}
          onClick={() => onChange(choice)}
        >
          {spellChoice(choice)}
        </button>
      ))}
    </div>
  )
}

function Select({ field: { choices }, id, describedBy, isWrong, value, onChange }: WidgetProps): ReactElement {
  const index = choices.indexOf(value)
  return (
    <select
      id={id}
      className="input select-input"
      value={index}
      aria-describedby={describedBy}
      aria-invalid={isWrong}
      onChange={(event) => onChange(choices[Number(event.target.value)])}
    >
      {index < 0 && <option value={-1}>{value === undefined ? 'Choose…' : `${String(value)} (unknown)`}</option>}
      {choices.map((choice, place) => (
        <option key={String(choice)} value={place}>
          {spellChoice(choice)}
        </option>
      ))}
    </select>
  )
}
