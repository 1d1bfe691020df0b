import { type ReactElement, useId, useState } from 'react'
import type { WidgetProps } from '../fields/widget.js'

/**
 * One of many texts: typing finds it, by itself or by its title. What is typed and is none of them stays until the
 * field is left.
 */
export function SearchedChoice({
  field: { choices, choiceTitles },
  id,
  describedBy,
  isWrong,
  value,
  onChange,
}: WidgetProps): ReactElement {
  const listId = useId()
  const [typed, setTyped] = useState<string | null>(null)
  const known = choices.map(String)
  return (
    <>
      <input
        id={id}
        className="input"
        type="search"
        list={listId}
        value={typed ?? String(value ?? '')}
        placeholder={`Type to search ${known.length}`}
        autoComplete="off"
        spellCheck={false}
        aria-describedby={describedBy}
        aria-invalid={isWrong || (typed !== null && typed !== '' && !known.includes(typed))}
        onFocus={(event) => event.target.select()}
        onChange={(event) => {
          const text = event.target.value
          setTyped(text)
          if (known.includes(text)) onChange(choices[known.indexOf(text)])
        }}
        onBlur={() => setTyped(null)}
      />
      <datalist id={listId}>
        {known.map((choice) => (
          <option key={choice} value={choice} label={choiceTitles[choice] ?? choice} />
        ))}
      </datalist>
    </>
  )
}
