import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { KeyboardEvent, ReactElement, ReactNode } from 'react'
import { Icon } from './Icon.js'
import type { IconName } from './Icon.js'
import './menu.css'

export interface MenuEntry {
  readonly id: string
  readonly title: string
  readonly icon?: IconName | undefined
  /** Stands at the end of the line: the keys that do the same. */
  readonly end?: ReactNode
  readonly disabled: boolean
  /** Called once the menu is closed and the focus is back where it was. */
  readonly onChoose: () => void
}

export interface MenuProps {
  readonly label: string
  /** Null draws a line. */
  readonly entries: readonly (MenuEntry | null)[]
  /** Where on the screen, in pixels. */
  readonly at: { readonly x: number; readonly y: number }
  readonly onClose: () => void
}

/** A menu, kept inside the window. Arrow keys, Home, End, Escape as in any menu. */
export function Menu({ label, entries, at, onClose }: MenuProps): ReactElement {
  const element = useRef<HTMLDivElement>(null)
  const [place, setPlace] = useState(at)
  useLayoutEffect(() => {
    const box = element.current?.getBoundingClientRect()
    if (box !== undefined)
      setPlace({
        x: Math.max(8, Math.min(at.x, innerWidth - box.width - 8)),
        y: Math.max(8, Math.min(at.y, innerHeight - box.height - 8)),
      })
    element.current?.querySelector<HTMLElement>('button:not(:disabled)')?.focus({ preventScroll: true })
  }, [at])
  useEffect(() => {
    const before = document.activeElement
    const outside = (event: Event): void => {
      if (element.current?.contains(event.target as Node) === false) onClose()
    }
    // The finger that opened it takes the focus away again as it leaves.
    const escape = (event: globalThis.KeyboardEvent): void => {
      if (event.key === 'Escape') onClose()
    }
    addEventListener('pointerdown', outside, true)
    addEventListener('keydown', escape, true)
    addEventListener('wheel', outside, { capture: true, passive: true })
    return () => {
      removeEventListener('pointerdown', outside, true)
      removeEventListener('keydown', escape, true)
      removeEventListener('wheel', outside, true)
      if (
        before instanceof HTMLElement &&
        before.isConnected &&
        (document.activeElement === document.body || document.activeElement === null)
      )
        before.focus({ preventScroll: true })
    }
  }, [onClose])
  return (
    <div
      ref={element}
      className="menu"
      role="menu"
      aria-label={label}
      style={{ left: place.x, top: place.y }}
      onKeyDown={(event) => walk(event, onClose)}
    >
      {entries.map((entry, index) =>
        entry === null ? (
          <div key={index} className="menu-separator" role="separator" />
        ) : (
          <MenuItem key={entry.id} entry={entry} onClose={onClose} />
        ),
      )}
    </div>
  )
}

function MenuItem({ entry, onClose }: { readonly entry: MenuEntry; readonly onClose: () => void }): ReactElement {
  const choose = (): void => {
    onClose()
    setTimeout(entry.onChoose, 0)
  }
  return (
    <button
      type="button"
      role="menuitem"
      tabIndex={-1}
      className="menu-item"
      disabled={entry.disabled}
      onClick={choose}
    >
      <span className="menu-icon">{entry.icon !== undefined && <Icon name={entry.icon} />}</span>
      {entry.title}
      {entry.end !== undefined && <span className="menu-end">{entry.end}</span>}
    </button>
  )
}

function walk(event: KeyboardEvent<HTMLElement>, onClose: () => void): void {
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('button:not(:disabled)')]
  const index = buttons.indexOf(document.activeElement as HTMLElement)
  const next = { ArrowDown: index + 1, ArrowUp: index - 1 + buttons.length, Home: 0, End: buttons.length - 1 }[
    event.key
  ]
  if (event.key === 'Escape' || event.key === 'Tab') onClose()
  else if (next !== undefined) buttons[next % buttons.length]?.focus()
  else if (event.key !== 'Enter' && event.key !== ' ') return
  if (event.key !== 'Enter' && event.key !== ' ') event.preventDefault()
  event.stopPropagation()
}
