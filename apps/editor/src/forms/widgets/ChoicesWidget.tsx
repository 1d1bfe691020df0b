import type { ReactElement } from 'react'
import type { WidgetProps } from '../fields/widget.js'
import { spellChoice } from './spell-choice.js'

/**
 * Any of several, each with a box to tick. What is chosen stands in the order of the choices, whatever was ticked
 * first.
 */
export function ChoicesWidget(props: WidgetProps): ReactElement {
  const {
    field: { choices, choiceTitles },
    id,
    labelId,
    describedBy,
    value,
    onChange,
  } = props
  const chosen: readonly unknown[] = Array.isArray(value) ? value : []
  const toggle = (choice: unknown): void =>
    onChange(choices.filter((other) => chosen.includes(other) !== (other === choice)))
  return (
    <div className="choices" role="group" aria-labelledby={labelId} aria-describedby={describedBy}>
      {choices.map((choice, place) => (
        <label key={String(choice)} className="choices-item">
          <input
            type="checkbox"
            {...(place === 0 && { id })}
            checked={chosen.includes(choice)}
            onChange={() => toggle(choice)}
          />
          {choiceTitles[String(choice)] ?? spellChoice(choice)}
        </label>
      ))}
    </div>
  )
}
