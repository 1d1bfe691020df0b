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
const page = 8

/**
 * A field and the list of what matches: type, arrow keys, Enter. The field keeps the focus; screen readers hear the
 * chosen option.
 */
export function SearchList<Item extends Searchable>(props: SearchListProps<Item>): ReactElement {
  const { label, placeholder, items, onChoose, onEscape, empty } = props
  const [query, setQuery] = useState('')
  const [active, setActive] = useState(0)
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  const found = search(items, query).slice(0, shownAtMost)
  const index = Math.min(active, found.length - 1)
  useEffect(() => {
    field.current?.focus({ preventScroll: true })
  }, [])

  const onKeyDown = (event: KeyboardEvent): void => {
    const next = movedBy(event.key, index, found.length)
    const chosen = found[index]
    if (next !== null) setActive(next)
    else if (event.key === 'Escape' && onEscape !== undefined) onEscape()
    else if (event.key === 'Enter' && chosen !== undefined) onChoose(chosen)
    if (next !== null || event.key === 'Enter' || (event.key === 'Escape' && onEscape !== undefined))
      event.preventDefault()
    event.stopPropagation()
  }

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
      <Options {...props} id={id} found={found} index={index} query={query} onPoint={setActive} />
      {found.length === 0 && (
        <p className="search-empty" role="status">
          {query.trim() === '' ? empty : `Nothing matches “${query.trim()}”.`}
        </p>
      )}
    </div>
  )
}

/** Where a key leads from an option; arrows go round, a page stops at the ends. Null: it moves nothing. */
function movedBy(key: string, index: number, count: number): number | null {
  if (count === 0) return null
  if (key === 'ArrowDown') return (index + 1) % count
  if (key === 'ArrowUp') return (index - 1 + count) % count
  if (key === 'PageDown') return Math.min(count - 1, index + page)
  return key === 'PageUp' ? Math.max(0, index - page) : null
}

interface OptionsProps<Item extends Searchable>
  extends Pick<SearchListProps<Item>, 'label' | 'keyOf' | 'render' | 'groupOf' | 'onChoose'> {
  readonly id: string
  readonly found: readonly Item[]
  /** Which one is chosen. */
  readonly index: number
  /** While something is typed the best matches come first, without groups: those would be torn apart. */
  readonly query: string
  readonly onPoint: (index: number) => void
}

function Options<Item extends Searchable>({
  id,
  label,
  found,
  index,
  query,
  keyOf,
  render,
  groupOf,
  onChoose,
  onPoint,
}: OptionsProps<Item>): ReactElement {
  const list = useRef<HTMLUListElement>(null)
  useEffect(() => {
    // In braces: newer browsers return a promise here, which React would take for a clean-up.
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [index, query])
  const groups = found.map((item) => (query !== '' ? '' : (groupOf?.(item) ?? '')))
  return (
    <ul ref={list} id={`${id}-list`} role="listbox" aria-label={label} className="search-options">
      {found.map((item, place) => [
        groups[place] !== '' && groups[place] !== groups[place - 1] && (
          <li key={`group ${groups[place]}`} role="presentation" className="search-group">
            {groups[place]}
          </li>
        ),
        <li
          key={keyOf(item)}
          id={`${id}-${place}`}
          role="option"
          aria-selected={place === index}
          className="search-option"
          onPointerMove={() => place !== index && onPoint(place)}
          onClick={() => onChoose(item)}
        >
          {render(item)}
        </li>,
      ])}
    </ul>
  )
}
