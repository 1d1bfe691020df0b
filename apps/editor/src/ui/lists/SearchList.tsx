import { useEffect, useId, useRef, useState } from 'react'
import type { KeyboardEvent, ReactElement, ReactNode } from 'react'
import { search } from './search.js'
import type { Searchable } from './search.js'
import { Icon } from '../Icon.js'
import './search-list.css'

export interface SearchListProps<Item extends Searchable> {
  readonly label: string
  readonly placeholder: string
  readonly items: readonly Item[]
  readonly keyOf: (item: Item) => string
  readonly render: (item: Item) => ReactNode
  /** Heading under which an item stands; shown while nothing is typed. */
  readonly groupOf?: (item: Item) => string
  readonly onChoose: (item: Item) => void
  readonly onEscape?: () => void
  readonly empty: string
}

const shownAtMost = 200

/**
 * A field and the list of what matches: type, arrow keys, Enter. The field keeps the focus; screen readers hear the
 * chosen option.
 */
export function SearchList<Item extends Searchable>({
  label,
  placeholder,
  items,
  keyOf,
  render,
  groupOf,
  onChoose,
  onEscape,
  empty,
}: SearchListProps<Item>): ReactElement {
  const [query, setQuery] = useState('')
  const [active, setActive] = useState(0)
  const id = useId()
  const list = useRef<HTMLUListElement>(null)
  const field = useRef<HTMLInputElement>(null)
  const found = search(items, query).slice(0, shownAtMost)
  const index = Math.min(active, found.length - 1)
  useEffect(() => {
    field.current?.focus({ preventScroll: true })
  }, [])
  useEffect(() => {
    // In braces: newer browsers return a promise here, which React would take for a clean-up.
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [index, query])

  const onKeyDown = (event: KeyboardEvent): void => {
    const move = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key]
    if (move !== undefined && found.length > 0) {
      event.preventDefault()
      setActive(
        Math.abs(move) === 1
          ? (index + move + found.length) % found.length
          : Math.max(0, Math.min(found.length - 1, index + move)),
      )
    } else if (event.key === 'Enter') {
      event.preventDefault()
      const chosen = found[index]
      if (chosen !== undefined) onChoose(chosen)
    } else if (event.key === 'Escape' && onEscape !== undefined) {
      event.preventDefault()
      onEscape()
    }
    event.stopPropagation()
  }

  let heading = ''
  return (
    <div className="search-list" onKeyDown={onKeyDown}>
      <div className="search-field">
        <Icon name="search" />
        <input
          ref={field}
          type="text"
          role="combobox"
          aria-label={label}
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={found[index] === undefined ? undefined : `${id}-${index}`}
          aria-autocomplete="list"
          autoComplete="off"
          spellCheck={false}
          placeholder={placeholder}
          value={query}
          onChange={(event) => {
            setQuery(event.target.value)
            setActive(0)
          }}
        />
      </div>
      <ul ref={list} id={`${id}-list`} role="listbox" aria-label={label} className="search-options">
        {found.map((item, place) => {
          const group = query === '' ? (groupOf?.(item) ?? '') : ''
          const isFirst = group !== '' && group !== heading
          heading = group
          return [
            isFirst && (
              <li key={`group ${group}`} role="presentation" className="search-group">
                {group}
              </li>
            ),
            <li
              key={keyOf(item)}
              id={`${id}-${place}`}
              role="option"
              aria-selected={place === index}
              className="search-option"
              onPointerMove={() => place !== index && setActive(place)}
              onClick={() => onChoose(item)}
            >
              {render(item)}
            </li>,
          ]
        })}
      </ul>
      {found.length === 0 && (
        <p className="search-empty" role="status">
          {query.trim() === '' ? empty : `Nothing matches “${query.trim()}”.`}
        </p>
      )}
    </div>
  )
}
