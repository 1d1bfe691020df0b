import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { KeyboardEvent, ReactElement } from 'react'
import { isEnabled } from '../commands/app-command.js'
import { commandOf } from '../commands/commands.js'
import { Keys } from '../commands/Keys.js'
import { editor } from '../document/store.js'
import type { Point } from '../document/geometry.js'
import { Icon } from './Icon.js'
import { ui } from './ui-store.js'
import '../commands/commands.css'

export interface MenuProps {
  readonly label: string
  /** Ids of commands; null draws a line. */
  readonly items: readonly (string | null)[]
  readonly at: Point
  readonly onClose: () => void
}

/** A menu of commands, kept inside the window. Arrow keys, Home, End, Escape as in any menu. */
export function Menu({ label, items, at, onClose }: MenuProps): ReactElement {
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
    addEventListener('pointerdown', outside, true)
    addEventListener('wheel', outside, { capture: true, passive: true })
    return () => {
      removeEventListener('pointerdown', outside, true)
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
      {items.map((id, index) =>
        id === null ? (
          <div key={index} className="menu-separator" role="separator" />
        ) : (
          <MenuItem key={id} id={id} onClose={onClose} />
        ),
      )}
    </div>
  )
}

function MenuItem({ id, onClose }: { readonly id: string; readonly onClose: () => void }): ReactElement {
  const command = commandOf(id)
  const enabled = isEnabled(command, editor.get(), ui.get())
  const choose = (): void => {
    onClose()
    setTimeout(() => command.run(), 0)
  }
  return (
    <button type="button" role="menuitem" tabIndex={-1} className="menu-item" disabled={!enabled} onClick={choose}>
      <span className="command-icon">{command.icon !== undefined && <Icon name={command.icon} />}</span>
      {command.title}
      {command.shortcuts?.[0] !== undefined && <Keys shortcut={command.shortcuts[0]} />}
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
